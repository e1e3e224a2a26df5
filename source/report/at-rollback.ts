import type {AnalysisSnapshot} from '../analysis/windows/snapshot.ts';
import type {SideNumbers} from '../analysis/numbers.ts';
import type {ReportBlock} from './document.ts';
import type {AtRollback, Course, CourseOfSide, ReleaseReport, ReportSides} from './report.ts';
import {hasConverted, uncharted, withoutConversions} from './measured.ts';
import {pairColumns} from './tables.ts';
import type {ReportWords} from './words/words.ts';

/**
 * Returns the snapshot of a rollback with the most requests, because a late one may have lost the minutes
 * before; null if none can be read.
 */
export function bestSnapshot(texts: readonly string[]): AnalysisSnapshot | null {
  let best: AnalysisSnapshot | null = null;
  for (const text of texts) {
    const snapshot = decode(text);
    if (snapshot !== null && (best === null || requestsIn(snapshot) >= requestsIn(best))) best = snapshot;
  }
  return best;
}

function decode(text: string): AnalysisSnapshot | null {
  try {
    const read = JSON.parse(text) as AnalysisSnapshot | null;
    return read?.schema === 'graydeck.snapshot/1' ? read : null;
  } catch {
    return null;
  }
}

function requestsIn({before}: AnalysisSnapshot): number {
  return before.reduce((sum, {prod, gray}) => sum + prod.requests + gray.requests, 0);
}

/** Numbers of both sides shortly before a rollback and after it. */
export function atRollback({takenAt, before, after}: AnalysisSnapshot): AtRollback {
  const isMeasured = [...before, after].some(hasConverted);
  const of = (both: {prod: SideNumbers; gray: SideNumbers}) =>
    isMeasured ? withData(both) : withoutConversions(withData(both));
  return {
    takenAt,
    before: before.map(({minutes, ...both}) => ({minutes, ...of(both)})),
    after: {seconds: after.seconds, ...of(after)},
  };
}

function withData({prod, gray}: {prod: SideNumbers; gray: SideNumbers}): ReportSides {
  const of = (numbers: SideNumbers) => (numbers.requests > 0 ? numbers : null);
  return {prod: of(prod), gray: of(gray)};
}

/** Course of the last minutes before a rollback, from its snapshot. */
export function courseAtRollback({series}: AnalysisSnapshot, percents: ReleaseReport['percents']): Course {
  const {from, stepMs, sides} = series;
  const of = (side: 'prod' | 'gray'): CourseOfSide => {
    const values = (name: string) => sides[side]?.[name] ?? [];
    return {
      requestsPerSecond: values('throughput'),
      errorRate: values('error_rate'),
      p95: values('response_time_p95'),
      conversionRate: values('conversion_rate'),
    };
  };
  const [prod, gray] = [of('prod'), of('gray')];
  const at = gray.requestsPerSecond.map((_, index) => from + index * stepMs);
  const percent = at.map(t => percents.findLast(set => set.at < t + stepMs)?.percent ?? null);
  const course = {stepMs, at, percent, prod, gray};
  const isMeasured = [prod, gray].some(({conversionRate}) => conversionRate.some(rate => (rate ?? 0) > 0));
  return isMeasured ? course : uncharted(course);
}

/** Table of both sides around a rollback. Windows that begin before the release are left out. */
export function atRollbackTable({rollback, startedAt}: ReleaseReport, words: ReportWords): ReportBlock[] {
  const near = rollback?.near ?? null;
  if (rollback === null || near === null) return [];
  const {columns} = words;
  const ranMinutes = (rollback.at - startedAt) / 60_000;
  const before = near.before.filter((_, index) => (near.before[index - 1]?.minutes ?? 0) < ranMinutes);
  const hasDataAfter = near.after.prod !== null || near.after.gray !== null;
  const rows: [string, ReportSides][] = [
    ...before.map(({minutes, ...sides}): [string, ReportSides] => [words.before(String(minutes)), sides]),
    ...(hasDataAfter ? ([[words.after, near.after]] as [string, ReportSides][]) : []),
  ];
  const {head, cells} = pairColumns(
    rows.map(([, sides]) => sides),
    words,
  );
  return [
    {
      kind: 'table',
      head: [columns.near, ...head],
      rows: rows.map(([text], index) => [{text}, ...(cells[index] ?? [])]),
    },
  ];
}
