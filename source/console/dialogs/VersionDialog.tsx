import type {ReactNode} from 'react';
import type {Release} from '../../release/state.ts';
import {against, exposure, toEveryone} from '../present/exposure.ts';
import {say, type Line} from '../present/line.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {Dialog} from '../ui.ts';
import type {Area} from './DialogFrame.tsx';
import {Typed} from './Typed.tsx';

type Asked = Extract<Dialog, {kind: 'version'}>;

/** Asks for the version to be typed: before completion, and before any other way to 100 %. */
export function VersionDialog(props: {
  dialog: Asked;
  scene: ViewModel;
  rows: readonly MetricRow[];
  area: Area;
}): ReactNode {
  const {dialog, scene, rows, area} = props;
  const {t} = scene;
  const {release} = scene.reading.snapshot.state;
  if (release === null) return null;
  const {field, error} = dialog;
  const titles = {
    complete: t.dialogs.completeTitle,
    everyone: t.dialogs.allTitle,
    next: t.dialogs.nextTitle,
    approve: t.dialogs.approveTitle,
  };
  return (
    <Typed
      {...{area, field, error}}
      title={titles[dialog.then]}
      tone="gray"
      words={versionWords(dialog, release, scene, rows)}
    />
  );
}

function versionWords(
  {then, from, phase}: Asked,
  release: Release,
  scene: ViewModel,
  rows: readonly MetricRow[],
): Line[] {
  const {t, clean} = scene;
  const version = clean.name(release.version);
  const isPromotion =
    then === 'complete' || (then === 'approve' && release.approval?.wish.type === 'complete');
  // The next phase is entered, all others are passed over.
  const left = then === 'next' ? phase + 1 : phase;
  return [
    ...toEveryone(
      {from, phase: left},
      isPromotion ? t.dialogs.completeWhat(version) : t.dialogs.allWhat(version),
      release,
      scene,
    ),
    ...(from >= 100 ? [] : exposure({from, to: 100, phase: release.plan.phases.length - 1}, release, scene)),
    ...(isPromotion ? promotionWords(release, t) : []),
    ...against(rows, release, scene),
    [say(t.dialogs.typeVersion(version), 'strong')],
  ];
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
