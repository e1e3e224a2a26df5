import type {ReportChart} from '../document.ts';
import type {TimeTexts} from '../moments.ts';
import {escapeHtml} from './escape.ts';

const WIDTH = 560;
const HEIGHT = 190;
const LEFT = 62;
const TOP = 8;
const BOTTOM = 22;
const RIGHT = 6;
/** Length of a mark that only warns, so that it does not cover the curves. */
const TICK = 7;
/** Least distance between two marks. */
const APART = 3;

/** Writes a chart as inline SVG: one scale for both sides, from 0, with gaps where values are unknown. */
export function chartHtml({title, unit, at, stepMs, lines, marks}: ReportChart, {short}: TimeTexts): string {
  const [from = 0] = at;
  const to = (at.at(-1) ?? from) + stepMs;
  const known = lines.flatMap(({values}) => values.filter(value => value !== null));
  const most = niceAbove(Math.max(...known, 0));
  const x = (moment: number) => LEFT + ((moment - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM);
  const isStepped = lines.length === 1;
  // Prod is dashed and drawn over gray, so that both are visible where they overlap.
  const paths = lines.map(({side, name, values}) => {
    const points = values.map((value, index) =>
      value === null ? null : ([x((at[index] ?? 0) + stepMs / 2), y(value)] as const),
    );
    return `<path class="${side}" d="${pathOf(points, isStepped)}"><title>${escapeHtml(name)}</title></path>`;
  });
  const ticks = [0, 0.5, 1].map(part => {
    const height = y(part * most).toFixed(1);
    const text = `${Number((part * most).toPrecision(3))}${part === 1 ? ` ${unit}` : ''}`;
    return `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${height}" y2="${height}"/><text x="${LEFT - 5}" y="${Number(height) + 4}" text-anchor="end">${text}</text>`;
  });
  const drawn = marksApart(marks, from, to, x).map(({at: moment, text, tone}) => {
    const place = x(moment).toFixed(1);
    const foot = tone === 'bad' ? HEIGHT - BOTTOM : TOP + TICK;
    return `<line class="mark ${tone}" x1="${place}" x2="${place}" y1="${TOP}" y2="${foot}"><title>${escapeHtml(`${short(moment, from)} ${text}`)}</title></line>`;
  });
  const times = `<text x="${LEFT}" y="${HEIGHT - 6}">${short(from, to)}</text><text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${short(to, from)}</text>`;
  const legend = lines.map(
    ({side, name}) => `<span class="of-${side}">${side === 'prod' ? '╌╌' : '━━'} ${escapeHtml(name)}</span>`,
  );
  return `<figure><figcaption>${escapeHtml(title)} ${legend.join(' ')}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${[...ticks, ...drawn, ...paths.toReversed(), times].join('')}</svg></figure>`;
}

/** Drops marks that are too close to others. The worst and then the earliest stay. */
function marksApart(
  marks: ReportChart['marks'],
  from: number,
  to: number,
  x: (moment: number) => number,
): ReportChart['marks'] {
  const kept: ReportChart['marks'][number][] = [];
  for (const wanted of ['bad', 'warn']) {
    for (const mark of marks) {
      if (mark.tone !== wanted || mark.at < from || mark.at > to) continue;
      if (kept.every(({at}) => Math.abs(x(at) - x(mark.at)) >= APART)) kept.push(mark);
    }
  }
  return kept;
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that is at least `value`; 1 for 0. */
function niceAbove(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5].find(step => step * power >= value) ?? 10) * power;
}

type Point = readonly [x: number, y: number];

function pathOf(points: readonly (Point | null)[], isStepped: boolean): string {
  let path = '';
  let before: Point | null = null;
  for (const [index, point] of points.entries()) {
    if (point !== null) {
      const [x, y] = point.map(value => value.toFixed(1));
      // A point with gaps on both sides becomes a dot.
      if (before === null) path += `M${x} ${y}${(points[index + 1] ?? null) === null ? 'h0.1' : ''}`;
      else path += isStepped ? `H${x}V${y}` : `L${x} ${y}`;
    }
    before = point;
  }
  return path;
}
