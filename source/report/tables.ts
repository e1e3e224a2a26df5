import {amount, countWords} from '../text/amounts.ts';
import type {SideNumbers} from '../analysis/numbers.ts';
import {authorOf} from '../release/commit.ts';
import type {ReportBlock, ReportCell} from './document.ts';
import {lastedWords, secondsWords, type TimeTexts} from './moments.ts';
import type {PhaseReport, ReleaseReport, ReportSides} from './report.ts';
import type {ReportWords} from './words/words.ts';
import {own} from '../release/name.ts';
import {UNKNOWN, setPercent} from '../text/format.ts';

/** Tables of a report. A table without rows is left out. */

export function differencesTable({differences}: ReleaseReport, words: ReportWords): ReportBlock[] {
  if (differences.length === 0) return [];
  const {columns} = words;
  const tones = {gray: 'good', prod: 'bad', neither: 'quiet'} as const;
  return [
    {
      kind: 'table',
      head: [columns.metric, columns.prod, columns.gray, columns.difference, columns.speaksFor],
      rows: differences.map(({metric, unit, prod, gray, times, better}) => [
        {text: words.metrics[metric]},
        {text: amount(prod, unit), isNumber: true},
        {text: amount(gray, unit), isNumber: true, tone: tones[better]},
        {text: times === null ? UNKNOWN : `${times.toFixed(2)} ×`, isNumber: true},
        {text: words.better[better], tone: tones[better]},
      ]),
    },
  ];
}

export function phasesTable(
  {phases, startedAt}: ReleaseReport,
  words: ReportWords,
  {short}: TimeTexts,
): ReportBlock[] {
  if (phases.length === 0) return [];
  const {columns} = words;
  const measured = pairColumns(
    phases.map(({sides}) => sides),
    words,
  );
  return [
    {
      kind: 'table',
      head: [
        columns.phase,
        columns.percent,
        columns.entered,
        columns.lasted,
        columns.planned,
        columns.paused,
        columns.criteria,
      ],
      rows: phases.map(phase => [
        {text: phase.name},
        {text: setPercent(phase.percent), isNumber: true},
        {text: short(phase.from, startedAt)},
        {text: phase.to === null ? words.running : lastedWords(phase.to - phase.from, words.units)},
        {text: phase.plannedMs === null ? words.open : lastedWords(phase.plannedMs, words.units)},
        {text: phase.pausedMs > 0 ? lastedWords(phase.pausedMs, words.units) : UNKNOWN},
        criteria(phase, words),
      ]),
    },
    {
      kind: 'table',
      head: [columns.phase, ...measured.head],
      rows: phases.map(({name}, index) => [{text: name}, ...(measured.cells[index] ?? [])]),
    },
  ];
}

/**
 * Columns of requests, error rate, p95 and conversion for both sides. A column without values is left out.
 * `cells` has a list for each row.
 */
export function pairColumns(
  rows: readonly ReportSides[],
  words: ReportWords,
): {head: string[]; cells: ReportCell[][]} {
  const {columns} = words;
  const maybe = (value: number | null, unit: 'percent' | 'ms') =>
    value === null ? null : amount(value, unit);
  const all: [head: string, of: (numbers: SideNumbers) => string | null][] = [
    [columns.requests, ({requests}) => countWords(requests)],
    [columns.errorRate, ({errorRate}) => maybe(errorRate, 'percent')],
    [columns.p95, ({responseTime}) => maybe(responseTime.p95, 'ms')],
    [columns.conversion, ({conversionRate}) => maybe(conversionRate, 'percent')],
  ];
  const textOf = (numbers: SideNumbers | null, of: (numbers: SideNumbers) => string | null) =>
    numbers === null ? null : of(numbers);
  const known = all.filter(([, of], index) =>
    rows.some(({prod, gray}) => index === 0 || textOf(prod, of) !== null || textOf(gray, of) !== null),
  );
  return {
    head: known.map(([head]) => head),
    cells: rows.map(({prod, gray}) =>
      known.map(([, of]): ReportCell => {
        const text = `${textOf(prod, of) ?? UNKNOWN} / ${textOf(gray, of) ?? UNKNOWN}`;
        return {text, isNumber: true};
      }),
    ),
  };
}

function criteria({criteria}: PhaseReport, words: ReportWords): ReportCell {
  const text = criteria
    .map(one => `${one.text}: ${own(words.outcomes, one.outcome) ?? one.outcome}`)
    .join('; ');
  return {text: text === '' ? words.none : text, ...(text === '' ? {tone: 'quiet'} : {})};
}

const OF_ACTION = {advance: 'good', hold: 'quiet', pause: 'warn', rollback: 'bad'} as const;
const OF_LEVEL = {info: 'plain', warning: 'warn', critical: 'bad'} as const;

export function verdictsTable(
  {verdicts, startedAt}: ReleaseReport,
  words: ReportWords,
  {short}: TimeTexts,
): ReportBlock[] {
  if (verdicts.length === 0) return [];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.at, columns.verdict, columns.why, columns.by],
      rows: verdicts.map(({at, action, reasons, by}) => [
        {text: short(at, startedAt)},
        {text: words.actions[action], tone: OF_ACTION[action]},
        {text: reasons.map(({text}) => text).join('; ')},
        {text: by, tone: 'quiet'},
      ]),
    },
  ];
}

export function alertsTable(
  {alerts, startedAt}: ReleaseReport,
  words: ReportWords,
  {short}: TimeTexts,
): ReportBlock[] {
  if (alerts.length === 0) return [];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.at, columns.level, columns.message, columns.acknowledged, columns.resolved],
      rows: alerts.map(({raisedAt, level, message, repeats, acknowledgedBy, acknowledgedAt, resolvedAt}) => [
        {text: short(raisedAt, startedAt)},
        {text: words.levels[level], tone: OF_LEVEL[level]},
        {text: repeats > 0 ? `${message} (${words.repeats(String(repeats))})` : message},
        {
          text:
            acknowledgedAt === null
              ? UNKNOWN
              : words.byActor(short(acknowledgedAt, startedAt), acknowledgedBy ?? UNKNOWN),
        },
        {text: resolvedAt === null ? UNKNOWN : short(resolvedAt, startedAt)},
      ]),
    },
  ];
}

export function stepsTable(
  {steps, startedAt}: ReleaseReport,
  words: ReportWords,
  {short}: TimeTexts,
): ReportBlock[] {
  if (steps.length === 0) return [];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.step, columns.state, columns.at, columns.took, columns.error],
      rows: steps.map(({id, state, startedAt: at, ms, error}) => [
        {text: id},
        {
          text: own(words.outcomes, state) ?? state,
          tone: state === 'failed' ? 'bad' : state === 'skipped' ? 'quiet' : 'plain',
        },
        {text: at === null ? UNKNOWN : short(at, startedAt)},
        {text: ms === null ? UNKNOWN : secondsWords(ms), isNumber: true},
        {text: error ?? ''},
      ]),
    },
  ];
}

export function pausesTable(
  {pauses, startedAt}: ReleaseReport,
  words: ReportWords,
  {short}: TimeTexts,
): ReportBlock[] {
  if (pauses.length === 0) return [];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.from, columns.to, columns.by, columns.why],
      rows: pauses.map(({from, to, reason, ...who}) => [
        {text: short(from, startedAt)},
        {text: to === null ? words.running : short(to, startedAt)},
        {text: authorOf(who)},
        {text: reason ?? ''},
      ]),
    },
  ];
}

export function feedbackTable({feedback}: ReleaseReport, words: ReportWords): ReportBlock[] {
  if (feedback === null) return [];
  if (feedback.length === 0) return [{kind: 'text', text: words.noFeedback, tone: 'quiet'}];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.phase, columns.version, columns.count, columns.rating, columns.types],
      rows: feedback.map(({phase, version, count, rating, types}) => [
        {text: phase ?? UNKNOWN},
        {text: version ?? UNKNOWN},
        {text: String(count), isNumber: true},
        {text: rating === null ? UNKNOWN : rating.toFixed(1), isNumber: true},
        {
          text: Object.entries(types)
            .map(([type, number]) => `${own(words.feedbackTypes, type) ?? type} ${number}`)
            .join(', '),
        },
      ]),
    },
  ];
}

export function timelineTable(
  {timeline, startedAt}: ReleaseReport,
  words: ReportWords,
  {short}: TimeTexts,
): ReportBlock[] {
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.at, columns.what, columns.by],
      rows: timeline.map(({at, text, ...who}) => [
        {text: short(at, startedAt)},
        {text},
        {text: authorOf(who), tone: 'quiet'},
      ]),
    },
  ];
}
