import type {AnalysisSnapshot} from '../analysis/windows/snapshot.ts';
import type {Commit} from '../release/commit.ts';
import type {Release, Step} from '../release/state.ts';
import {atRollback, courseAtRollback} from './at-rollback.ts';
import {differencesOf, judgedThen} from './differences.ts';
import type {ReportSums} from './measured.ts';
import type {FeedbackReport, ReleaseReport, RollbackReport, StepReport} from './report.ts';
import type {Story} from './story.ts';

/** Inputs of a report. */
export interface ReportSources {
  feature: string;
  story: Story;
  measured: ReportSums;
  /** Snapshot taken at the rollback; null if none was stored. */
  snapshot: AnalysisSnapshot | null;
  /** Null if no feedback was read. */
  feedback: FeedbackReport[] | null;
  /** The store's clock, milliseconds since 1970. */
  now: number;
  /** Formats an event as a sentence. */
  sentence(event: Commit['events'][number], reason: string | null): string;
}

/** Builds the report of one release, running or ended. */
export function buildReport({
  feature,
  story,
  measured,
  snapshot,
  feedback,
  now,
  sentence,
}: ReportSources): ReleaseReport {
  const {release, pauses, percents, verdicts, alerts} = story;
  const {startedAt, endedAt} = release;
  const to = endedAt ?? now;
  const sides = measured.all();
  // Without roll-ups, the snapshot gives the last minutes.
  const isBlank = sides.prod === null && sides.gray === null;
  const phases = story.phases.map(({phase: _phase, ...phase}, index) => ({
    ...phase,
    sides: measured.phase(index),
  }));
  const sum = (of: (phase: (typeof phases)[number]) => number) =>
    phases.reduce((ms, phase) => ms + of(phase), 0);
  return {
    schema: 'graydeck.report/1',
    feature,
    release: release.id,
    version: release.version,
    over: release.over,
    plan: release.plan.name,
    state: release.state,
    startedAt,
    startedBy: release.startedBy,
    startedAs: release.startedAs,
    head: headOf(story),
    endedAt,
    madeAt: now,
    totalMs: to - startedAt,
    pausedMs: sum(({pausedMs}) => pausedMs),
    heldMs: sum(({heldMs}) => heldMs),
    phases,
    pauses,
    percents,
    verdicts,
    alerts: alerts.map(({key: _key, raisedBy: _raisedBy, ...alert}) => alert),
    steps: release.steps.map(stepReport),
    rollback: rollbackReport(release, snapshot),
    exposure: {requests: sides.gray?.requests ?? 0, users: sides.gray?.activeUsers ?? null},
    sides,
    differences: differencesOf(sides, measured.weights(), judgedThen(story)),
    course: isBlank && snapshot !== null ? courseAtRollback(snapshot, percents) : measured.course(percents),
    timeline: timelineOf(story, sentence),
    feedback,
    coveredPercent: measured.coveredPercent(),
  };
}

function headOf({commits}: Story): ReleaseReport['head'] {
  const last = commits.at(-1);
  return last === undefined ? null : {version: last.version, id: last.id};
}

function timelineOf(
  {commits, release: {id}}: Story,
  sentence: ReportSources['sentence'],
): ReleaseReport['timeline'] {
  return commits.flatMap(({at, by, authenticated, reason, events}) =>
    events
      .filter(event => !('release' in event) || event.release === id)
      .map(event => ({at, by, authenticated: authenticated ?? null, text: sentence(event, reason)})),
  );
}

function stepReport({id, state, startedAt, endedAt, attempts, error}: Step): StepReport {
  const ms = startedAt === null || endedAt === null ? null : endedAt - startedAt;
  return {id, state, startedAt, ms, attempts, error};
}

function rollbackReport(
  {rollback, steps}: Release,
  snapshot: AnalysisSnapshot | null,
): RollbackReport | null {
  if (rollback === null) return null;
  const {ms, routers, confirmed, silent, grayRequestsAfter} =
    steps.find(({id}) => id === 'rollback.traffic')?.facts ?? {};
  return {
    ...rollback,
    // Where no router confirms it, what was measured is how long the commit took.
    toProdMs: routers === 0 ? null : (ms ?? null),
    routers: routers ?? null,
    confirmed: confirmed ?? null,
    silent: silent ?? null,
    requestsAfter: grayRequestsAfter ?? null,
    near: snapshot === null ? null : atRollback(snapshot),
  };
}
