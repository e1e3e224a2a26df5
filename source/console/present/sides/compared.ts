import type {Messages} from '../../messages/catalogue.ts';
import {threeDigits} from '../../../text/format.ts';
import {say, type Line} from '../line.ts';
import {STANDING_MARKS} from '../marks.ts';
import type {MetricRow} from './metric-rows.ts';

/** `12.9x`, `1.04x`; differences in points with their sign: `-1.20 pt`. */
export function differenceText({metric, compared}: MetricRow, t: Messages): string {
  if (metric.compared === 'points' || compared.ratio === null) {
    if (compared.difference === null) return '';
    const sign = compared.difference > 0 ? '+' : compared.difference < 0 ? '-' : '±';
    return `${sign}${threeDigits(Math.abs(compared.difference))} ${t.points}`;
  }
  return compared.ratio >= 99.95
    ? `${Math.round(compared.ratio)}x`
    : `${compared.ratio.toFixed(compared.ratio < 10 ? 2 : 1)}x`;
}

/** How gray stands: mark, difference, word. */
export function comparedLine(row: MetricRow, t: Messages): Line {
  const {standing} = row.compared;
  if (standing === 'none') return row.lastSeenMs === undefined ? [] : [say(t.ago(row.lastSeenMs), 'quiet')];
  const {mark, tone} = STANDING_MARKS[standing];
  const difference = standing === 'few' || standing === 'both' ? '' : differenceText(row, t);
  const word = t.standings[standing];
  const isLoud = standing === 'worse' || standing === 'doubtful';
  return [
    say(`${mark} `, tone),
    say(
      difference === '' ? word : `${difference} ${word}`,
      isLoud ? (standing === 'worse' ? 'bad' : 'strong') : 'quiet',
    ),
  ];
}
