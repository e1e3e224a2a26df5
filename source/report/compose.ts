import {countWords} from '../text/amounts.ts';
import {authorOf} from '../release/commit.ts';
import {atRollbackTable} from './at-rollback.ts';
import type {ReportBlock, ReportDocument, Section, ReportTone} from './document.ts';
import {chartsOf} from './charts.ts';
import {lastedWords, momentsIn, secondsWords, type TimeTexts} from './moments.ts';
import type {ReleaseReport} from './report.ts';
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
import type {ReportWords} from './words/words.ts';
import {UNKNOWN, setPercent} from '../text/format.ts';

const WORST: Readonly<Record<ReleaseReport['state'], ReportTone>> = {
  deploying: 'plain',
  rolling: 'plain',
  paused: 'warn',
  promoting: 'plain',
  rolling_back: 'bad',
  completed: 'good',
  rolled_back: 'bad',
  failed: 'bad',
};

/** Shortest pause that the head of the report mentions, milliseconds. */
const WORTH_MS = 500;

/** Makes the document of a report, for any format. @param zone time zone of all times, an IANA name */
export function composeReport(report: ReleaseReport, words: ReportWords, zone: string): ReportDocument {
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

function lead(report: ReleaseReport, words: ReportWords): string {
  const {state, rollback, totalMs, phases, percents} = report;
  if (rollback !== null) {
    const sentences = [
      words.rolledBack(
        setPercent(rollback.fromPercent),
        lastedWords(rollback.at - report.startedAt, words.units),
      ),
    ];
    if (rollback.reason !== null) sentences.push(words.because(rollback.reason.replace(/\.$/u, '')));
    return sentences.join(' ');
  }
  if (state === 'completed') return words.completed(lastedWords(totalMs, words.units));
  return words.stands(
    words.states[state],
    phases.at(-1)?.name ?? '',
    setPercent(percents.at(-1)?.percent ?? 0),
  );
}

function facts(report: ReleaseReport, words: ReportWords, {full, zone}: TimeTexts): ReportBlock {
  const {facts: labels, running, byActor} = words;
  const {exposure, startedAt, startedBy, startedAs, endedAt, totalMs, pausedMs, heldMs, head} = report;
  const starter = authorOf({by: startedBy, authenticated: startedAs});
  const users = exposure.users === null ? null : countWords(exposure.users);
  return {
    kind: 'facts',
    rows: [
      [labels.release, report.release],
      [labels.over, report.over ?? UNKNOWN],
      [labels.plan, report.plan],
      [labels.started, byActor(full(startedAt), starter)],
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

function coverage({coveredPercent, sides, rollback}: ReleaseReport, words: ReportWords): ReportBlock[] {
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

function rollback({rollback}: ReleaseReport, words: ReportWords, {full}: TimeTexts): ReportBlock[] {
  if (rollback === null) return [];
  const {at, reason, toProdMs, confirmed, routers, silent, requestsAfter} = rollback;
  const sentences = [
    routers === 0
      ? words.unconfirmed
      : toProdMs === null
        ? words.toProdUnseen
        : words.toProd(secondsWords(toProdMs), String(confirmed ?? 0), String(routers ?? 0)),
    ...(requestsAfter === null ? [] : [words.requestsAfter(countWords(requestsAfter))]),
    ...((silent ?? 0) > 0 ? [words.silent(String(silent))] : []),
  ];
  return [
    {kind: 'text', text: words.byActor(full(at), authorOf(rollback))},
    ...(reason === null ? [] : [{kind: 'text', text: words.because(reason), tone: 'bad'} as const]),
    {kind: 'text', text: sentences.join(' ')},
  ];
}

function charts(report: ReleaseReport, words: ReportWords): ReportBlock[] {
  const made = chartsOf(report, words);
  return made.length === 0 ? [] : [{kind: 'charts', charts: made}];
}
