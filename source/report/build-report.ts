import type {Tally} from '../analysis/windows/roll-up.ts';
import type {Commit} from '../release/commit.ts';
import type {Release, Step} from '../release/state.ts';
import {courseOf} from './course.ts';
import {differencesOf} from './differences.ts';
import type {FeedbackReport, Report, RollbackReport, StepReport} from './report.ts';
import {sidesOf} from './sides.ts';
import {storyOf, type Story} from './story.ts';

/** All that a report is made from. */
export interface ReportSources {
  feature: string;
  release: string;
  commits: readonly Commit[];
  /** What was measured, in order of time, no stretch twice: seconds where they are kept, else minutes. */
  tallies: readonly Tally[];
  /** Null: nobody has asked anybody. */
  feedback: FeedbackReport[] | null;
  /** The store's clock, milliseconds since 1970. */
  now: number;
  /** An event in words. */
  tell(event: Commit['events'][number], reason: string | null): string;
}

/** The report of one release, running or over; null when the log does not know it. */
export function buildReport(sources: ReportSources): Report | null {
  const {feature, commits, feedback, now, tell} = sources;
  const story = storyOf(feature, commits, sources.release, now);
  if (story === null) return null;
  const {release, pauses, percents, verdicts, alerts} = story;
  const {startedAt, endedAt} = release;
  const to = endedAt ?? now;
  const tallies = sources.tallies.filter(({t, ms}) => t + ms > startedAt && t < to);
  const sides = sidesOf(tallies);
  const course = courseOf(tallies, percents, {from: startedAt, to});
  const phases = story.phases.map(({phase: _phase, ...phase}) => ({
    ...phase,
    sides: sidesOf(tallies.filter(({t, ms}) => isMostlyIn(t, ms, phase.from, phase.to ?? to))),
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
    rollback: rollbackReport(release),
    exposure: {requests: sides.gray?.requests ?? 0, users: sides.gray?.activeUsers ?? null},
    sides,
    differences: differencesOf(sides),
    course,
    timeline: timelineOf(story, tell),
    feedback,
    coveredPercent: coveredPercent(tallies, to - startedAt),
  };
}

/** A stretch belongs where its middle lies: minutes do not end with phases. */
function isMostlyIn(t: number, ms: number, from: number, to: number): boolean {
  const middle = t + ms / 2;
  return middle >= from && middle < to;
}

function timelineOf({commits, release: {id}}: Story, tell: ReportSources['tell']): Report['timeline'] {
  return commits.flatMap(({at, by, reason, events}) =>
    events
      .filter(event => !('release' in event) || event.release === id)
      .map(event => ({at, by, text: tell(event, reason)})),
  );
}

function stepReport({id, state, startedAt, endedAt, attempts, error}: Step): StepReport {
  const ms = startedAt === null || endedAt === null ? null : endedAt - startedAt;
  return {id, state, startedAt, ms, attempts, error};
}

function rollbackReport({rollback, steps}: Release): RollbackReport | null {
  if (rollback === null) return null;
  const {ms, routers, confirmed, silent, grayRequestsAfter} =
    steps.find(({id}) => id === 'rollback.traffic')?.facts ?? {};
  return {
    ...rollback,
    toProdMs: ms ?? null,
    routers: routers ?? null,
    confirmed: confirmed ?? null,
    silent: silent ?? null,
    requestsAfter: grayRequestsAfter ?? null,
  };
}

/** How much of the time was measured. */
function coveredPercent(tallies: readonly Tally[], ms: number): number {
  const covered = tallies.reduce((sum, tally) => sum + tally.ms, 0);
  return ms <= 0 ? 100 : Math.min(100, Math.round((covered / ms) * 100));
}
