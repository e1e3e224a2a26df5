import type {Side} from '../../../analysis/numbers.ts';
import {breaks, type Limit} from '../../../analysis/limits.ts';
import {setPercent} from '../../../text/format.ts';
import type {Messages} from '../../messages/catalogue.ts';
import {comparedLine} from './compared.ts';
import {columnsOf, fit, padEnd, padStart, say, type Line, type Piece, type Tone} from '../line.ts';
import type {Reading} from '../../reading.ts';
import {written} from './metric.ts';
import {badFrom, type MetricRow} from './metric-rows.ts';
import type {ViewModel} from '../view-model.ts';
import {sparkPieces} from '../chart/sparkline.ts';

/** Samples older than this are not what is going on now. */
const STALE_MS = 10_000;
/** From this part of the way to its limit on a value is near. */
const NEAR = 0.8;
/** Columns of a difference with its mark and word. */
export const COMPARED_WIDTH = 17;
const VALUE_WIDTH = 10;

/** A panel's content: title, what stands at the right of it, and its rows. */
export interface Panel {
  title: Line;
  note: Line;
  /** How the frame is drawn. */
  tone: Tone;
  rows: Line[];
  /** Whether it must be seen, however small the screen. */
  isUrgent: boolean;
  /** Rows of an urgent one that must be seen; one unless it says more. */
  urgentRows?: number;
}

export function isStale(ageMs: number | null): boolean {
  return ageMs !== null && ageMs > STALE_MS;
}

/** Whether the store does not answer: then nothing on the screen is what is going on now. */
export function isAway({store, snapshot}: Reading): boolean {
  return store.health.state === 'away' || snapshot.link.state === 'away';
}

/** Whether the numbers of a side are not of now. */
export function isDim(side: Side, reading: Reading): boolean {
  const {ageMs} = reading[side];
  return ageMs === null || isStale(ageMs) || isAway(reading);
}

/** Whether a row is not of now: what another source tells does not grow old with the samples. */
export function isOld({metric}: MetricRow, isSideOld: boolean): boolean {
  return isSideOld && metric.isElsewhere !== true;
}

/** What prod serves: the older version until the release is completed, and the new one until a hook takes it back. */
export function prodVersionOf({snapshot}: Reading): string | null {
  const {release, prodVersion} = snapshot.state;
  if (release === null) return prodVersion;
  const isUpgraded = release.state === 'completed' || prodVersion === release.version;
  return isUpgraded ? release.version : release.over;
}

/** Width of the labels' column: the widest label, within reason. */
export function labelWidth(rows: readonly Pick<MetricRow, 'label'>[], atMost = 16): number {
  return Math.min(atMost, Math.max(10, ...rows.map(row => columnsOf(row.label))));
}

function noteOf(side: Side, {reading, t, clean}: ViewModel, filter: string): Line {
  const {ageMs, numbers} = reading[side];
  const isOfNow = ageMs === null || !(isStale(ageMs) || isAway(reading));
  if (filter !== '' && isOfNow) return [say(t.filter(clean.name(filter)), 'strong')];
  if (side === 'gray' && !reading.snapshot.split.live && numbers.requests === 0)
    return [say(t.side.noRoute, 'quiet')];
  if (ageMs === null) return [say(t.side.noData, 'quiet')];
  if (!isOfNow) return [say(` ▲ ${t.side.stale(t.ago(ageMs))} `, 'caution')];
  if (reading.carriedMs !== null) return [say(t.side.carried(t.ago(reading.carriedMs)), 'quiet')];
  const seconds = Math.round((reading.window.to - reading.window.from) / 1000);
  return [say(t.side.window(seconds, numbers.requests), 'quiet')];
}

/** The rows of one side; both sides are given the same rows, so that equal heights mean equal metrics. */
export function sidePanel(
  side: Side,
  scene: ViewModel,
  rows: readonly MetricRow[],
  about: {
    width: number;
    sparkWidth: number;
    limitWidth: number;
    picked: string | null;
    spacing: number;
    filter: string;
  },
): Panel {
  const {reading, t, clean} = scene;
  const {release} = reading.snapshot.state;
  const version = side === 'gray' ? (release?.version ?? null) : prodVersionOf(reading);
  const stale = isDim(side, reading);
  const wide = labelWidth(rows);
  const isBad = side === 'gray' && rows.some(row => row.compared.standing === 'worse' && !isOld(row, stale));
  const title: Piece[] = [say(t.sides[side], side)];
  if (version !== null) title.push(say(` ${clean.name(version, 24)}`, 'strong'));
  const drawn = rows.map(row => {
    const isPicked = row.metric.name === about.picked;
    const isRowOld = isOld(row, stale);
    const isRowBad = side === 'gray' && row.compared.standing === 'worse' && !isRowOld;
    const label: Piece = say(
      `${isPicked ? '›' : ' '}${padEnd(fitText(row.label, wide), wide)}`,
      isPicked ? 'strong' : isRowOld ? 'quiet' : 'plain',
    );
    const value = padStart(row.texts[side], VALUE_WIDTH);
    const isUnknown = row.values[side] === null;
    const tone: Tone = isRowOld ? 'quiet' : side === 'gray' ? 'sparkGray' : 'sparkProd';
    const from = isRowBad ? badFrom(row, release?.splitChangedAt ?? 0) : Number.POSITIVE_INFINITY;
    const spark = sparkPieces(row.history?.[side] ?? [], about.sparkWidth, row.scale, {tone, badFrom: from});
    const line: Piece[] = [
      label,
      say(` ${value}  `, isRowOld || isUnknown ? 'quiet' : isRowBad ? 'bad' : 'strong'),
      ...spark,
    ];
    if (side === 'gray') {
      const compared = isRowOld ? [] : comparedLine(row, t);
      line.push(say('  '), ...(about.limitWidth > 0 ? fit(compared, COMPARED_WIDTH) : compared));
      if (about.limitWidth > 0) line.push(limitPiece(row, t));
    }
    return fit(line, about.width);
  });
  const none: Line[] = rows.length === 0 ? [[say(` ${t.metricsNoMatch}`, 'quiet')]] : [];
  const spaced = about.spacing > 1 ? drawn.flatMap((row, index) => (index === 0 ? [row] : [[], row])) : drawn;
  return {
    title,
    note: noteOf(side, scene, about.filter),
    tone: isBad ? 'bad' : side === 'gray' ? 'sparkGray' : 'sparkProd',
    rows: [...none, ...spaced],
    isUrgent: true,
  };
}

/** The plan's most severe limit: what gray must not pass. */
function limitPiece({limits, metric, isPerSecond, values}: MetricRow, t: Messages): Piece {
  const [limit] = limits;
  if (limit === undefined || limit.then === 'wait') return say('');
  const {gray} = values;
  const text =
    metric.kind === 'percent' ? setPercent(limit.value) : written(metric, limit.value, isPerSecond);
  const tone = gray === null ? 'quiet' : breaks(limit, gray) ? 'bad' : isNear(limit, gray) ? 'warn' : 'quiet';
  return say(t.limit(text), tone);
}

/** Whether gray has come four fifths of the way to its limit. */
function isNear({bad, value}: Limit, gray: number): boolean {
  if (bad === 'above') return gray >= NEAR * value;
  // A share that must not fall: how much is missing counts.
  return value < 100 && 100 - gray >= NEAR * (100 - value);
}

function fitText(text: string, width: number): string {
  return fit([say(text)], width)
    .map(piece => piece.text)
    .join('');
}
