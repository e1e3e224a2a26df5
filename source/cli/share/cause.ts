import {valueOf} from '../../analysis/metric-value.ts';
import type {SideNumbers, WindowView} from '../../analysis/numbers.ts';
import type {AnalysisSnapshot} from '../../analysis/windows/snapshot.ts';
import {count, measured, timeOfDay} from '../../console/present/format.ts';
import type {Line} from '../../console/present/line.ts';
import {say} from '../../console/present/line.ts';
import {labelOf} from '../../console/present/sides/metric-rows.ts';
import {metricOf, written} from '../../console/present/sides/metric.ts';
import {reasonText} from '../../console/present/verdict/reason-text.ts';
import {isBenign} from '../../console/present/verdict/weighty.ts';
import type {ViewModel} from '../../console/present/view-model.ts';
import type {Reason, Release, Verdict} from '../../release/state.ts';
import type {Page} from '../../server/page/model.ts';
import {pageLine} from './lines.ts';
import type {pageWords} from './words.ts';

/** The last minute before a rollback counts as "then". */
const THEN_MS = 60_000;

/** Both sides shortly before a rollback, and what reached gray since a moment. */
export interface CauseNumbers {
  prod: SideNumbers;
  gray: SideNumbers;
  /** Requests that gray answered from a moment until the rollback and after it; null: not known. */
  requestsSince(at: number): number | null;
}

/** The numbers that the snapshot of a rollback keeps, for as long as the outputs of steps are kept. */
export function numbersOfSnapshot({before, after, series, rollback}: AnalysisSnapshot): CauseNumbers | null {
  const [minute] = before;
  if (minute === undefined) return null;
  const {from, stepMs, sides} = series;
  const rates = sides['gray']?.['throughput'] ?? [];
  return {
    prod: minute.prod,
    gray: minute.gray,
    requestsSince(at) {
      const end = rollback?.at ?? series.to;
      const some = rates.map((rate, index) => {
        const start = from + index * stepMs;
        const ms = Math.min(start + stepMs, end) - Math.max(start, at);
        return ms <= 0 ? 0 : ((rate ?? 0) * ms) / 1000;
      });
      return Math.round(some.reduce((sum, one) => sum + one, 0)) + after.gray.requests;
    },
  };
}

/** The same from the windows, as long as they hold it. */
export function numbersOfWindows(windows: WindowView, {rollback}: Release, now: number): CauseNumbers | null {
  if (rollback === null) return null;
  const then = {from: rollback.at - THEN_MS, to: rollback.at};
  const [prod, gray] = [windows.numbers('prod', then), windows.numbers('gray', then)];
  if (prod.requests === 0 && gray.requests === 0) return null;
  return {prod, gray, requestsSince: at => windows.numbers('gray', {from: at, to: now}).requests};
}

/**
 * Why a release was taken back: the worst metric with both values, since when, how soon it was seen and everybody was back,
 * and how many it hit. Null while nothing was taken back.
 */
export function causeOf(
  scene: ViewModel,
  words: ReturnType<typeof pageWords>,
  numbers: CauseNumbers | null,
): Page['cause'] {
  const {reading, t, clean} = scene;
  const {release} = reading.snapshot.state;
  if (release === null || release.rollback === null) return null;
  const {cause} = words;
  const {at, by, reason} = release.rollback;
  const verdict = verdictAgainst(release, at);
  const reasons = (verdict?.reasons ?? []).filter(one => !isBenign(one));
  const [worst] = reasons;
  const onset = verdict?.onset ?? null;
  const step = release.steps.find(({id}) => id === 'rollback.traffic');
  const backAt = step?.state === 'done' ? (step.endedAt ?? null) : null;
  const seenAt = verdict === null ? at : Math.min(verdict.at, at);
  const timing = [
    onset === null ? null : cause.since(timeOfDay(onset)),
    onset === null ? null : cause.seenAfter(measured(Math.max(0, seenAt - onset))),
    backAt === null ? null : cause.backAfter(measured(Math.max(0, backAt - (onset ?? at)))),
  ].filter(one => one !== null);
  const requests = numbers === null || onset === null ? null : numbers.requestsSince(onset);
  const people = numbers?.gray.activeUsers ?? null;
  const hit = [
    requests === null ? null : cause.requests(count(requests)),
    people === null || requests === null ? null : cause.people(count(people)),
  ].filter(one => one !== null);
  const rows: Line[] = [
    ...(worst === undefined ? [[say(cause.unknown)]] : valuesOf(worst, numbers)),
    ...reasons.map((one): Line => [say(reasonText(one, scene))]),
    [...timing, ...hit].length === 0 ? [] : [say([...timing, ...hit].join(' · '))],
    [
      say(cause.by(clean.who(by), timeOfDay(at)), 'quiet'),
      ...(reason === null ? [] : [say(`: ${clean.free(reason)}`, 'quiet')]),
    ],
  ];
  return {title: cause.title, rows: rows.filter(row => row.length > 0).map(pageLine)};

  function valuesOf({metric}: Reason, both: CauseNumbers | null): Line[] {
    if (metric === null || both === null) return [];
    const name = metric.replace(/_improvement$/u, '');
    const window = {from: 0, to: THEN_MS};
    const [gray, prod] = [valueOf(name, both.gray, window), valueOf(name, both.prod, window)];
    if (gray === null && prod === null) return [];
    const write = (value: number | null) => written(metricOf(name), value);
    return [[say(cause.values(labelOf(name, t, clean), write(gray), write(prod)), 'bad')]];
  }
}

/** The verdict that spoke against gray when it was taken back; null where none did. */
function verdictAgainst({verdict}: Release, at: number): Verdict | null {
  if (verdict === null || verdict.at > at) return null;
  return verdict.action === 'rollback' || verdict.action === 'pause' ? verdict : null;
}
