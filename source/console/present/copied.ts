import type {Ui} from '../ui.ts';
import type {Screen} from '../use-screen.ts';
import {dayAndTime, timeOfDay} from './moment.ts';
import {textOf} from './line.ts';
import {entryLines} from './log/entry.ts';
import type {LogRow} from './log/rows.ts';
import {comparedLine} from './sides/compared.ts';
import type {MetricRow} from './sides/metric-rows.ts';
import type {ViewModel} from './view-model.ts';

/** Columns of a copied entry: it is not wrapped. */
const UNWRAPPED = 10_000;
/** A name of a copied text that is longer is cut, characters. */
const NAME_AT_MOST = 60;

/** What `y` copies, in the words of the screen: the opened or picked entry, or the picked value; null: nothing is picked. */
export function copiedOf(
  {dialog, focus, logRow}: Ui,
  {scene, picked, log}: Pick<Screen, 'scene' | 'picked' | 'log'>,
): {name: string; text: string} | null {
  if (dialog?.kind === 'entry') {
    const row = log.find(({id}) => id === dialog.row);
    if (row === undefined) return null;
    const lines = entryLines(row, dialog.words, scene, UNWRAPPED);
    return {name: nameOf(row), text: lines.map(line => textOf(line).trimEnd()).join('\n')};
  }
  if (focus === 'log') {
    const row = log.find(({id}) => id === logRow);
    return row === undefined ? null : {name: nameOf(row), text: rowText(row)};
  }
  return picked === null ? null : {name: picked.label, text: valueText(picked, scene)};
}

function nameOf({text}: LogRow): string {
  return text.length <= NAME_AT_MOST ? text : `${text.slice(0, NAME_AT_MOST)}…`;
}

function rowText({at, text, who}: LogRow): string {
  return `${dayAndTime(at)}:${timeOfDay(at).slice(-2)}  ${text}  ${who}`.trimEnd();
}

/** `error rate  PROD 0.49 %  GRAY 2.24 %  4.56x worse`, and where and when. */
function valueText(row: MetricRow, {reading, t, clean}: ViewModel): string {
  const compared = textOf(comparedLine(row, t));
  const values = (['prod', 'gray'] as const).map(side => `${t.sides[side]} ${row.texts[side]}`);
  const {release} = reading.snapshot.state;
  const about = [clean.name(reading.feature), release === null ? '' : clean.name(release.version)];
  return [
    row.label,
    ...values,
    compared,
    ...about,
    `${dayAndTime(reading.at)}:${timeOfDay(reading.at).slice(-2)}`,
  ]
    .filter(text => text !== '')
    .join('  ');
}
