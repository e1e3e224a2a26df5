import type {ReactNode} from 'react';
import {LEAST} from '../layout.ts';
import {setPercent} from '../../text/format.ts';
import {fit, say, wrapped, type Line, type Piece} from '../present/line.ts';
import {headlines} from '../present/headlines/headlines.ts';
import {STATE_MARKS} from '../present/marks.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {Ui} from '../ui.ts';
import {Lines} from './LineView.tsx';

interface Props {
  scene: ViewModel;
  ui: Ui;
  metrics: readonly MetricRow[];
  columns: number;
  rows: number;
}

/**
 * What stands on a screen that is too small: how the release does and the one thing to know, as far as there is room
 * beside what the screen has and what it needs. The one thing that can be done from there is to take everything back.
 */
export function TooSmall(props: Props): ReactNode {
  const {columns, rows} = props;
  const {news, size, hints} = parts(props);
  const [told, needed, helpful] = [news, size, hints].map(some =>
    some.flatMap(piece => wrapped([piece], columns)),
  ) as [Line[], Line[], Line[]];
  const lines = [...told.slice(0, Math.max(0, rows - needed.length)), ...needed, ...helpful];
  return <Lines lines={lines.slice(0, rows).map(line => fit(line, columns))} />;
}

interface Parts {
  news: Piece[];
  /** Seen whatever else there is to say. */
  size: Piece[];
  hints: Piece[];
}

function parts({scene, ui, metrics, columns, rows}: Props): Parts {
  const {t, clean, mayAct, reading} = scene;
  const {release} = reading.snapshot.state;
  const {dialog, note} = ui;
  if (dialog?.kind === 'confirm' && dialog.pending.action === 'rollback' && release !== null) {
    const question = t.dialogs.rollback(clean.name(release.version, 20), setPercent(release.percent));
    return {news: [say(question, 'alarm'), say(t.dialogs.onlyYes, 'strong')], size: [], hints: []};
  }
  const state = release?.state ?? 'idle';
  const {mark, tone} = STATE_MARKS[state];
  const standing = [
    clean.name(reading.feature),
    ...(release === null ? [] : [clean.name(release.version, 20), setPercent(release.percent)]),
  ].join(' ');
  const [first] = headlines(scene, metrics);
  return {
    news: [
      ...(note === null ? [] : [say(note.text, note.tone)]),
      say(`${mark} ${t.states[state]} ${standing}`, tone),
      ...(first === undefined
        ? []
        : [say(`${first.mark} ${first.shorter?.at(-1) ?? first.text}`, first.tone)]),
    ],
    size: [say(t.tooSmall(columns, rows, LEAST.columns, LEAST.rows), 'strong')],
    hints: [say(t.tooSmallHint, 'quiet'), ...(mayAct ? [say(t.tooSmallBack, 'quiet')] : [])],
  };
}
