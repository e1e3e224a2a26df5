import {amount, countWords} from '../analysis/judge/amounts.ts';
import type {SideNumbers} from '../analysis/numbers.ts';
import {authorOf} from '../release/commit.ts';
import type {Block, Cell} from './document.ts';
import {lastedWords, secondsWords, setPercent, UNKNOWN, type Moments} from './moments.ts';
import type {PhaseReport, Report, Sides} from './report.ts';
import type {Words} from './words/words.ts';
import {own} from '../release/own.ts';

/** The tables of a report; none where there is nothing to tell. */

export function differencesTable({differences}: Report, words: Words): Block[] {
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

export function phasesTable({phases, startedAt}: Report, words: Words, {beside}: Moments): Block[] {
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
        {text: beside(phase.from, startedAt)},
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
 * Requests, error rate, p95 and conversion of both sides, a column each; what no row has a number of is left out. `cells`
 * has a list for each of `rows`.
 */
export function pairColumns(rows: readonly Sides[], words: Words): {head: string[]; cells: Cell[][]} {
  const {columns} = words;
  const maybe = (value: number | null, unit: 'percent' | 'ms') =>
    value === null ? null : amount(value, unit);
  const all: [head: string, of: (numbers: SideNumbers) => string | null][] = [
    [columns.requests, ({requests}) => countWords(requests)],
    [columns.errorRate, ({errorRate}) => maybe(errorRate, 'percent')],
    [columns.p95, ({responseTime}) => maybe(responseTime.p95, 'ms')],
    [columns.conversion, ({conversionRate}) => maybe(conversionRate, 'percent')],
  ];
  const told = (numbers: SideNumbers | null, of: (numbers: SideNumbers) => string | null) =>
    numbers === null ? null : of(numbers);
  const known = all.filter(([, of], index) =>
    rows.some(({prod, gray}) => index === 0 || told(prod, of) !== null || told(gray, of) !== null),
  );
  return {
    head: known.map(([head]) => head),
    cells: rows.map(({prod, gray}) =>
      known.map(([, of]): Cell => {
        const text = `${told(prod, of) ?? UNKNOWN} / ${told(gray, of) ?? UNKNOWN}`;
        return {text, isNumber: true};
      }),
    ),
  };
}

function criteria({criteria}: PhaseReport, words: Words): Cell {
  const text = criteria
    .map(one => `${one.text}: ${own(words.outcomes, one.outcome) ?? one.outcome}`)
    .join('; ');
  return {text: text === '' ? words.none : text, ...(text === '' ? {tone: 'quiet'} : {})};
}

const OF_ACTION = {advance: 'good', hold: 'quiet', pause: 'warn', rollback: 'bad'} as const;
const OF_LEVEL = {info: 'plain', warning: 'warn', critical: 'bad'} as const;

export function verdictsTable({verdicts, startedAt}: Report, words: Words, {beside}: Moments): Block[] {
  if (verdicts.length === 0) return [];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.at, columns.verdict, columns.why, columns.by],
      rows: verdicts.map(({at, action, reasons, by}) => [
        {text: beside(at, startedAt)},
        {text: words.actions[action], tone: OF_ACTION[action]},
        {text: reasons.map(({text}) => text).join('; ')},
        {text: by, tone: 'quiet'},
      ]),
    },
  ];
}

export function alertsTable({alerts, startedAt}: Report, words: Words, {beside}: Moments): Block[] {
  if (alerts.length === 0) return [];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.at, columns.level, columns.message, columns.acknowledged, columns.resolved],
      rows: alerts.map(({raisedAt, level, message, repeats, acknowledgedBy, acknowledgedAt, resolvedAt}) => [
        {text: beside(raisedAt, startedAt)},
        {text: words.levels[level], tone: OF_LEVEL[level]},
        {text: repeats > 0 ? `${message} (${words.repeats(String(repeats))})` : message},
        {
          text:
            acknowledgedAt === null
              ? UNKNOWN
              : words.bySomebody(beside(acknowledgedAt, startedAt), acknowledgedBy ?? UNKNOWN),
        },
        {text: resolvedAt === null ? UNKNOWN : beside(resolvedAt, startedAt)},
      ]),
    },
  ];
}

export function stepsTable({steps, startedAt}: Report, words: Words, {beside}: Moments): Block[] {
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
        {text: at === null ? UNKNOWN : beside(at, startedAt)},
        {text: ms === null ? UNKNOWN : secondsWords(ms), isNumber: true},
        {text: error ?? ''},
      ]),
    },
  ];
}

export function pausesTable({pauses, startedAt}: Report, words: Words, {beside}: Moments): Block[] {
  if (pauses.length === 0) return [];
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.from, columns.to, columns.by, columns.why],
      rows: pauses.map(({from, to, reason, ...who}) => [
        {text: beside(from, startedAt)},
        {text: to === null ? words.running : beside(to, startedAt)},
        {text: authorOf(who)},
        {text: reason ?? ''},
      ]),
    },
  ];
}

export function feedbackTable({feedback}: Report, words: Words): Block[] {
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

export function timelineTable({timeline, startedAt}: Report, words: Words, {beside}: Moments): Block[] {
  const {columns} = words;
  return [
    {
      kind: 'table',
      head: [columns.at, columns.what, columns.by],
      rows: timeline.map(({at, text, ...who}) => [
        {text: beside(at, startedAt)},
        {text},
        {text: authorOf(who), tone: 'quiet'},
      ]),
    },
  ];
}
