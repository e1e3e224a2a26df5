import {memo, type ReactNode} from 'react';
import {framed} from '../present/frame.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {Panel} from '../present/sides/sides.ts';
import {runToShow, stepsPanel} from '../present/steps.ts';
import {judgePanel} from '../present/verdict/panel.ts';
import {Lines} from './LineView.tsx';

/** Between the sides and the log: the steps of what is being done, or else the verdict. */
export function middlePanel(scene: ViewModel, width: number): Panel {
  const {release} = scene.reading.snapshot.state;
  const run = release === null ? null : runToShow(release);
  return release !== null && run !== null
    ? stepsPanel(release, run, scene, width - 4)
    : judgePanel(release, scene, width - 4);
}

/** Draws it. */
export const Middle = memo(function Middle(props: {panel: Panel; width: number; height: number}): ReactNode {
  const {panel, width, height} = props;
  return <Lines lines={framed(panel, {width, height, hasFocus: false})} />;
});
