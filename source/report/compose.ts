import {countWords} from '../analysis/judge/amounts.ts';
import {authorOf} from '../release/commit.ts';
import {atRollbackTable} from './at-rollback.ts';
import type {Block, ReportDocument, Section, Tone} from './document.ts';
import {chartsOf} from './charts.ts';
import {lastedWords, momentsIn, secondsWords, setPercent, UNKNOWN, type Moments} from './moments.ts';
import type {Report} from './report.ts';
import {
  alertsTable,
  differencesTable,
  feedbackTable,
  pausesTable,
  phasesTable,
  stepsTable,
  timelineTable,
  verdictsTable,
} from './tables.ts';
import type {Words} from './words/words.ts';

const WORST: Readonly<Record<Report['state'], Tone>> = {
  deploying: 'plain',
  rolling: 'plain',
  paused: 'warn',
  promoting: 'plain',
  rolling_back: 'bad',
  completed: 'good',
  rolled_back: 'bad',
  failed: 'bad',
};

/** A pause that is shorter is told among the pauses alone, milliseconds. */
const WORTH_MS = 500;

/** The report in words, for any format. @param zone in which moments are written, an IANA name */
export function composeReport(report: Report, words: Words, zone: string): ReportDocument {
  const moments = momentsIn(zone);
  const {sections} = words;
  const made: Section[] = [
    {title: '', blocks: [facts(report, words, moments), ...coverage(report, words)]},
    {
      title: sections.rollback,
      blocks: [...rollback(report, words, moments), ...atRollbackTable(report, words)],
    },
    {title: sections.differences, blocks: differencesTable(report, words)},
    {title: sections.charts, blocks: charts(report, words)},
    {title: sections.phases, blocks: phasesTable(report, words, moments)},
    {title: sections.verdicts, blocks: verdictsTable(report, words, moments)},
    {title: sections.alerts, blocks: alertsTable(report, words, moments)},
    {title: sections.steps, blocks: stepsTable(report, words, moments)},
    {title: sections.pauses, blocks: pausesTable(report, words, moments)},
    {title: sections.feedback, blocks: feedbackTable(report, words)},
    {title: sections.timeline, blocks: timelineTable(report, words, moments)},
  ];
  return {
    lang: words.lang,
    title: words.title(report.feature, report.version),
    lead: {text: lead(report, words), tone: WORST[report.state]},
    sections: made.filter(({blocks}) => blocks.length > 0),
    names: {prod: words.prod, gray: words.gray},
  };
}

function lead(report: Report, words: Words): string {
  const {state, rollback, totalMs, phases, percents} = report;
  if (rollback !== null) {
    const told = [
      words.rolledBack(
        setPercent(rollback.fromPercent),
        lastedWords(rollback.at - report.startedAt, words.units),
      ),
    ];
    if (rollback.reason !== null) told.push(words.because(rollback.reason.replace(/\.$/u, '')));
    return told.join(' ');
  }
  if (state === 'completed') return words.completed(lastedWords(totalMs, words.units));
  return words.stands(
    words.states[state],
    phases.at(-1)?.name ?? '',
    setPercent(percents.at(-1)?.percent ?? 0),
  );
}

function facts(report: Report, words: Words, {full, zone}: Moments): Block {
  const {facts: labels, running, bySomebody} = words;
  const {exposure, startedAt, startedBy, startedAs, endedAt, totalMs, pausedMs, heldMs, head} = report;
  const starter = authorOf({by: startedBy, authenticated: startedAs});
  const users = exposure.users === null ? null : countWords(exposure.users);
  return {
    kind: 'facts',
    rows: [
      [labels.release, report.release],
      [labels.over, report.over ?? UNKNOWN],
      [labels.plan, report.plan],
      [labels.started, bySomebody(full(startedAt), starter)],
      [labels.ended, endedAt === null ? running : full(endedAt)],
      [labels.lasted, lastedWords(totalMs, words.units)],
      ...(pausedMs >= WORTH_MS ? [[labels.paused, lastedWords(pausedMs, words.units)] as const] : []),
      ...(heldMs >= WORTH_MS ? [[labels.held, lastedWords(heldMs, words.units)] as const] : []),
      [labels.exposed, words.exposed(countWords(exposure.requests), users)],
      ...(head === null ? [] : [[labels.head, words.head(String(head.version), head.id)] as const]),
      [labels.made, `${full(report.madeAt)}, ${words.zone(zone)}`],
    ],
  };
}

function coverage({coveredPercent, sides, rollback}: Report, words: Words): Block[] {
  if (sides.prod === null && sides.gray === null)
    return [
      {
        kind: 'text',
        text: (rollback?.near ?? null) === null ? words.noNumbers : words.onlyNear,
        tone: 'warn',
      },
    ];
  if (coveredPercent >= 98) return [];
  return [{kind: 'text', text: words.covered(setPercent(coveredPercent)), tone: 'warn'}];
}

function rollback({rollback}: Report, words: Words, {full}: Moments): Block[] {
  if (rollback === null) return [];
  const {at, reason, toProdMs, confirmed, routers, silent, requestsAfter} = rollback;
  const told = [
    toProdMs === null
      ? words.toProdUnseen
      : words.toProd(secondsWords(toProdMs), String(confirmed ?? 0), String(routers ?? 0)),
    ...(requestsAfter === null ? [] : [words.requestsAfter(countWords(requestsAfter))]),
    ...((silent ?? 0) > 0 ? [words.silent(String(silent))] : []),
  ];
  return [
    {kind: 'text', text: words.bySomebody(full(at), authorOf(rollback))},
    ...(reason === null ? [] : [{kind: 'text', text: words.because(reason), tone: 'bad'} as const]),
    {kind: 'text', text: told.join(' ')},
  ];
}

function charts(report: Report, words: Words): Block[] {
  const made = chartsOf(report, words);
  return made.length === 0 ? [] : [{kind: 'charts', charts: made}];
}
