import type {ReactNode} from 'react';
import type {AlertLevel} from '../../release/plan.ts';
import {keysText} from '../present/help.ts';
import {KEYMAP, type Action} from '../keys/keymap.ts';
import {setPercent} from '../present/format.ts';
import {padEnd, say, type Line} from '../present/line.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {PressContext} from '../keys/step.ts';
import {textOf} from '../keys/field.ts';
import type {Dialog} from '../ui.ts';
import {AlertDialog} from './AlertDialog.tsx';
import {Confirm} from './Confirm.tsx';
import {DialogFrame, type Area} from './DialogFrame.tsx';
import {FeedbackModal, type FeedbackModalProps} from './FeedbackModal.tsx';
import {Typed} from './Typed.tsx';

const PALETTE_ROWS = 8;

/** Columns of the list of keys on a screen this wide. */
export function helpWidth(columns: number): number {
  return Math.min(columns - 4, 104);
}

/** Whatever dialog is open. The chart is none: it takes the place of panels. */
export function DialogView(props: {
  dialog: Dialog;
  scene: ViewModel;
  rows: readonly MetricRow[];
  area: Area;
  keys: PressContext;
  help: readonly Line[];
  onLevel(level: AlertLevel): void;
  feedback: Pick<FeedbackModalProps, 'onSubmit' | 'onType' | 'onRating'>;
}): ReactNode {
  const {dialog, scene, rows, area, help, onLevel} = props;
  const {t, clean, reading} = scene;
  const {release} = reading.snapshot.state;
  switch (dialog.kind) {
    case 'confirm':
      return <Confirm dialog={dialog} scene={scene} rows={rows} area={area} />;
    case 'alert':
      return <AlertDialog dialog={dialog} t={t} area={area} onLevel={onLevel} />;
    case 'feedback': {
      const {phase, version} = dialog;
      return (
        <FeedbackModal
          {...props.feedback}
          {...{dialog, t, clean, area}}
          deploymentPhase={phase}
          deploymentVersion={version}
        />
      );
    }
    case 'percent': {
      const words: Line[] = [[say(t.dialogs.percentNow(setPercent(release?.percent ?? 0)), 'quiet')]];
      const {field, error} = dialog;
      return <Typed {...{area, words, field, error}} title={t.dialogs.percentTitle} tone="gray" />;
    }
    case 'version': {
      if (release === null) return null;
      const {field, error} = dialog;
      const isAll = dialog.then === 'everyone';
      return (
        <Typed
          {...{area, field, error}}
          title={isAll ? t.dialogs.allTitle : t.dialogs.completeTitle}
          tone="gray"
          words={versionWords(scene, isAll)}
        />
      );
    }
    case 'palette': {
      const palette = props.keys.palette(textOf(dialog.field));
      const start = Math.max(0, dialog.index - PALETTE_ROWS + 1);
      const below = palette
        .slice(start, start + PALETTE_ROWS)
        .map((action, index) => paletteRow(action, start + index));
      if (below.length === 0) below.push([say(t.dialogs.paletteNone, 'quiet')]);
      while (below.length < PALETTE_ROWS) below.push([]);
      return (
        <Typed
          {...{area, below}}
          field={dialog.field}
          error={null}
          title={t.dialogs.paletteTitle}
          tone="strong"
          words={[]}
        />
      );
    }
    case 'filter':
      return (
        <Typed
          area={area}
          field={dialog.field}
          error={null}
          title={t.dialogs.filterTitle(t.panels[dialog.panel])}
          tone="strong"
          words={[]}
        />
      );
    case 'help': {
      const room = area.rows - area.top - 5;
      const start = Math.min(dialog.scroll, Math.max(0, help.length - room));
      return (
        <DialogFrame
          area={area}
          title={t.dialogs.helpTitle}
          note={help.length > room ? `${start + room}/${help.length}` : ''}
          tone="strong"
          rows={help.slice(start, start + room)}
          width={helpWidth(area.columns)}
        />
      );
    }
    case 'chart':
      return null;
  }

  function paletteRow(action: Action, index: number): Line {
    const binding = KEYMAP.find(one => one.action === action);
    const isPicked = index === dialogIndex();
    const why = binding?.whyNot(props.keys) ?? null;
    const key = binding === undefined ? '' : keysText(binding, t);
    return [
      say(isPicked ? '› ' : '  ', 'strong'),
      say(padEnd(key, 20), why === null ? 'key' : 'quiet'),
      say(t.keys[action].long, why !== null ? 'quiet' : isPicked ? 'strong' : 'plain'),
      say(why === null ? '' : `  — ${t.whyNot[why]}`, 'quiet'),
    ];
  }

  function dialogIndex(): number {
    return dialog.kind === 'palette' ? dialog.index : -1;
  }

  function versionWords({reading}: ViewModel, isAll: boolean): Line[] {
    const {release} = reading.snapshot.state;
    if (release === null) return [];
    const version = clean.name(release.version);
    const {hooks} = release.plan;
    const words: Line[] = [
      [say(isAll ? t.dialogs.allWhat(version) : t.dialogs.completeWhat(version), 'strong')],
    ];
    if (!isAll) {
      const steps = (['promote', 'verify', 'cleanup'] as const).filter(name => hooks[name] !== undefined);
      const told =
        steps.length > 0
          ? t.dialogs.completeSteps(steps.map(name => t.steps[name]).join(' · '))
          : t.dialogs.completeNoHooks;
      words.push([say(told, 'quiet')]);
      if (hooks.promote !== undefined && hooks.demote === undefined) {
        words.push([say('▲ ', 'warn'), say(t.dialogs.completeNoDemote)]);
      }
    }
    words.push([], [say(t.dialogs.typeVersion(version))]);
    return words;
  }
}
