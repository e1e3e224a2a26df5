import {comparedLine} from './compared.ts';
import {fit, padEnd, padStart, say, textOf, type Line, type Piece} from '../line.ts';
import {badFrom, type MetricRow} from './metric-rows.ts';
import type {ViewModel} from '../view-model.ts';
import {COMPARED_WIDTH, isDim, isOld, labelWidth, prodVersionOf, type Panel} from './sides.ts';
import {sparkPieces} from '../chart/sparkline.ts';

const VALUE_WIDTH = 9;

/** Both sides in one table, for a small screen: metric, prod, gray, how they compare, gray's history. */
export function tablePanel(
  scene: ViewModel,
  rows: readonly MetricRow[],
  about: {width: number; sparkWidth: number; picked: string | null; filter: string},
): Panel {
  const {reading, t, clean} = scene;
  const {release} = reading.snapshot.state;
  const wide = labelWidth(rows, 14);
  const stale = {prod: isDim('prod', reading), gray: isDim('gray', reading)};
  const heading = (side: 'prod' | 'gray', version: string | null): Piece[] => [
    say(t.sides[side], side),
    ...(version === null ? [] : [say(` ${clean.name(version, 16)}`, 'strong')]),
    ...(stale[side] && reading[side].ageMs !== null && (side === 'prod' || reading.snapshot.split.live)
      ? [say(` ▲ ${t.ago(reading[side].ageMs ?? 0)} `, 'caution')]
      : []),
  ];
  const isBad = rows.some(row => row.compared.standing === 'worse' && !isOld(row, stale.gray));
  const seconds = Math.round((reading.window.to - reading.window.from) / 1000);
  return {
    title: [
      ...heading('prod', prodVersionOf(reading)),
      say('  │  ', 'quiet'),
      ...heading('gray', release?.version ?? null),
      ...(about.filter === '' ? [] : [say(`  ${t.filter(clean.name(about.filter))}`, 'strong')]),
    ],
    note: [say(t.side.seconds(seconds), 'quiet')],
    isUrgent: true,
    tone: isBad ? 'bad' : 'frame',
    rows: rows.length === 0 ? [[say(` ${t.metricsNoMatch}`, 'quiet')]] : rows.map(row => drawn(row)),
  };

  function drawn(row: MetricRow): Line {
    const isPicked = row.metric.name === about.picked;
    const old = {prod: isOld(row, stale.prod), gray: isOld(row, stale.gray)};
    const isRowBad = row.compared.standing === 'worse' && !old.gray;
    const label = padEnd(textOf(fit([say(row.label)], wide)), wide);
    const comparison = old.gray ? [] : comparedLine(row, t);
    const line: Piece[] = [
      say(`${isPicked ? '›' : ' '}${label}`, isPicked ? 'strong' : 'plain'),
      say(
        ` ${padStart(row.texts.prod, VALUE_WIDTH)}`,
        old.prod || row.values.prod === null ? 'quiet' : 'plain',
      ),
      say(
        ` ${padStart(row.texts.gray, VALUE_WIDTH)}  `,
        old.gray || row.values.gray === null ? 'quiet' : isRowBad ? 'bad' : 'strong',
      ),
      ...fit(comparison, COMPARED_WIDTH),
      say(' '),
      ...sparkPieces(row.history?.gray ?? [], about.sparkWidth, row.scale, {
        tone: old.gray ? 'quiet' : 'sparkGray',
        badFrom: isRowBad ? badFrom(row, release?.splitChangedAt ?? 0) : Number.POSITIVE_INFINITY,
      }),
    ];
    return fit(line, about.width);
  }
}
