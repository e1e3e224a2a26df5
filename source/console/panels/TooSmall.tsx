import type {ReactNode} from 'react';
import {LEAST} from '../layout.ts';
import {setPercent} from '../present/format.ts';
import {fit, say, wrapped, type Piece} from '../present/line.ts';
import type {Scene} from '../present/screen.ts';
import type {Ui} from '../ui.ts';
import {Lines} from './LineView.tsx';

/**
 * What stands on a screen that is too small: what it has and what it needs, however narrow it is. The one thing that
 * can be done from there is to take everything back.
 */
export function TooSmall(props: {scene: Scene; ui: Ui; columns: number; rows: number}): ReactNode {
  const {columns, rows} = props;
  const lines = pieces(props).flatMap(piece => wrapped([piece], columns));
  return <Lines lines={lines.slice(0, rows).map(line => fit(line, columns))} />;
}

function pieces({scene, ui, columns, rows}: {scene: Scene; ui: Ui; columns: number; rows: number}): Piece[] {
  const {t, clean, mayAct, reading} = scene;
  const {release} = reading.snapshot.state;
  const {dialog, note} = ui;
  if (dialog?.kind === 'confirm' && dialog.pending.action === 'rollback' && release !== null) {
    return [
      say(t.dialogs.rollback(clean.name(release.version, 20), setPercent(release.percent)), 'alarm'),
      say(t.dialogs.onlyYes, 'strong'),
    ];
  }
  return [
    ...(note === null ? [] : [say(note.text, note.tone)]),
    say(t.tooSmall(columns, rows, LEAST.columns, LEAST.rows), 'strong'),
    say(t.tooSmallHint, 'quiet'),
    ...(mayAct ? [say(t.tooSmallBack, 'quiet')] : []),
  ];
}
