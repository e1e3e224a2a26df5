import type {ReactNode} from 'react';
import type {Release} from '../../release/state.ts';
import {say, type Line} from '../present/line.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {Dialog} from '../ui.ts';
import type {Area} from './DialogFrame.tsx';
import {Typed} from './Typed.tsx';

/** Asks for the version to be typed: before completion, and before 100 %. */
export function VersionDialog(props: {
  dialog: Extract<Dialog, {kind: 'version'}>;
  scene: ViewModel;
  area: Area;
}): ReactNode {
  const {dialog, scene, area} = props;
  const {t} = scene;
  const {release} = scene.reading.snapshot.state;
  if (release === null) return null;
  const {field, error} = dialog;
  const isAll = dialog.then === 'everyone';
  return (
    <Typed
      {...{area, field, error}}
      title={isAll ? t.dialogs.allTitle : t.dialogs.completeTitle}
      tone="gray"
      words={versionWords(release, scene, isAll)}
    />
  );
}

function versionWords(release: Release, {t, clean}: ViewModel, isAll: boolean): Line[] {
  const version = clean.name(release.version);
  const words: Line[] = [
    [say(isAll ? t.dialogs.allWhat(version) : t.dialogs.completeWhat(version), 'strong')],
    ...(isAll ? [] : promotionWords(release, t)),
  ];
  words.push([say(t.dialogs.typeVersion(version))]);
  return words;
}

/** Which steps a promotion runs, and whether prod itself could be taken back after them. */
function promotionWords({plan: {hooks}}: Release, t: ViewModel['t']): Line[] {
  const steps = (['promote', 'verify', 'cleanup'] as const).filter(name => hooks[name] !== undefined);
  const told =
    steps.length > 0
      ? t.dialogs.completeSteps(steps.map(name => t.steps[name]).join(' · '))
      : t.dialogs.completeNoHooks;
  const isOneWay = hooks.promote !== undefined && hooks.demote === undefined;
  return [[say(told, 'quiet')], ...(isOneWay ? [[say('▲ ', 'warn'), say(t.dialogs.completeNoDemote)]] : [])];
}
