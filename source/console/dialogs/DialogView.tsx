import type {ReactNode} from 'react';
import type {AlertLevel} from '../../release/plan.ts';
import type {PressContext} from '../keys/step.ts';
import {setPercent} from '../../text/format.ts';
import {say, type Line} from '../present/line.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {Sharing} from '../deck.ts';
import type {Dialog} from '../ui.ts';
import {AlertDialog} from './AlertDialog.tsx';
import {Confirm} from './Confirm.tsx';
import type {Area} from './DialogFrame.tsx';
import {EntryDialog} from './EntryDialog.tsx';
import {FeedbackModal, type FeedbackModalProps} from './FeedbackModal.tsx';
import {Help} from './Help.tsx';
import {Palette} from './Palette.tsx';
import {LinkDialog, ShareDialog} from './Sharing.tsx';
import {Typed} from './Typed.tsx';
import {VersionDialog} from './VersionDialog.tsx';

/** Whatever dialog is open. The chart is none: it takes the place of panels. */
export function DialogView(props: {
  dialog: Dialog;
  scene: ViewModel;
  rows: readonly MetricRow[];
  area: Area;
  keys: PressContext;
  sharing: Sharing;
  onLevel(level: AlertLevel): void;
  feedback: Pick<FeedbackModalProps, 'onSubmit' | 'onType' | 'onRating'>;
}): ReactNode {
  const {dialog, scene, rows, area, keys, onLevel} = props;
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
    case 'share':
      return <ShareDialog {...{dialog, area, t}} />;
    case 'link':
      return <LinkDialog {...{dialog, area, t, clean}} sharing={props.sharing} now={reading.at} />;
    case 'percent': {
      const words: Line[] = [[say(t.dialogs.percentNow(setPercent(release?.percent ?? 0)), 'quiet')]];
      return <Typed {...dialog} {...{area, words}} title={t.dialogs.percentTitle} tone="gray" />;
    }
    case 'version':
      return <VersionDialog {...{dialog, scene, rows, area}} />;
    case 'palette':
      return <Palette {...{dialog, t, area, keys}} />;
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
    case 'help':
      return <Help {...{t, area}} scroll={dialog.scroll} rows={keys.tall} />;
    case 'entry':
      return <EntryDialog {...{t, area}} scroll={dialog.scroll} rows={keys.tall} />;
    case 'chart':
      return null;
  }
}
