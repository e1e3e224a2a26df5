import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Scene} from '../present/screen.ts';
import {Boundary} from './Boundary.tsx';

/** A fixed place on the screen: what is inside can neither grow out of it nor take the rest down. */
export function Place(props: {
  name: string;
  scene: Scene;
  width: number;
  height: number;
  children: ReactNode;
}): ReactNode {
  const {name, scene, width, height, children} = props;
  if (height <= 0) return null;
  return (
    <Box width={width} height={height} flexDirection="column" flexShrink={0} overflow="hidden">
      <Boundary name={name} t={scene.t} width={width} moment={scene.reading.at}>
        {children}
      </Boundary>
    </Box>
  );
}
