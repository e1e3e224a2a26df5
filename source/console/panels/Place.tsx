import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {ViewModel} from '../present/view-model.ts';
import {Boundary} from './Boundary.tsx';

/** A fixed place on the screen: what is inside cannot take the rest down. Rows are cut to it before they get here. */
export function Place(props: {
  name: string;
  scene: ViewModel;
  width: number;
  height: number;
  children: ReactNode;
}): ReactNode {
  const {name, scene, width, height, children} = props;
  if (height <= 0) return null;
  return (
    <Box width={width} height={height} flexDirection="column" flexShrink={0}>
      <Boundary name={name} t={scene.t} width={width} moment={scene.reading.at}>
        {children}
      </Boundary>
    </Box>
  );
}
