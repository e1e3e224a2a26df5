import type {Commit} from '../release/commit.ts';
import type {Event} from '../release/event.ts';
import {evolveCommit} from '../release/evolve/evolve.ts';
import {initialState, type Alert, type Release} from '../release/state.ts';
import type {PhaseReport, ReleaseReport, Stretch} from './report.ts';

/** The course of one release, read from the log. */
export interface Story {
  /** The release at its end, or now. */
  release: Release;
  phases: (Omit<PhaseReport, 'sides'> & {phase: number})[];
  pauses: ReleaseReport['pauses'];
  held: Stretch[];
  percents: ReleaseReport['percents'];
  verdicts: ReleaseReport['verdicts'];
  alerts: Alert[];
  /** Commits of the release, and of its alerts and guards. */
  commits: Commit[];
}

/** Ids of all releases in a log, oldest first. */
export function releasesIn(commits: readonly Commit[]): string[] {
  return commits.flatMap(({events}) =>
    events.flatMap(event =>
      event.type === 'release-started' ? [(event as Event & {release: string}).release] : [],
    ),
  );
}

/**
 * Reads one release from the log; null if the log does not know it. @param now end of a running release,
 * milliseconds since 1970
 */
export function storyOf(feature: string, commits: readonly Commit[], id: string, now: number): Story | null {
  let state = initialState(feature);
  let release: Release | null = null;
  let alerts: readonly Alert[] = [];
  const ours: Commit[] = [];
  for (const commit of commits) {
    // A queued start is part of the commit that ends the rollback.
    const isOver = release !== null && commit.events.some(({type}) => type === 'release-started');
    const commitOfRelease = isOver ? untilNext(commit) : commit;
    state = evolveCommit(state, commitOfRelease);
    if (state.release?.id === id && commitOfRelease.events.length > 0) {
      ({release} = state);
      ({alerts} = state);
      ours.push(commitOfRelease);
    }
    if (isOver) break;
  }
  if (release === null) return null;
  const {startedAt} = release;
  const story: Story = {
    release,
    phases: [],
    pauses: [],
    held: [],
    percents: [],
    verdicts: [],
    alerts: alerts.filter(
      ({raisedAt, resolvedAt}) => raisedAt >= startedAt || (resolvedAt ?? Infinity) >= startedAt,
    ),
    commits: ours,
  };
  for (const commit of ours)
    for (const event of commit.events)
      if ('release' in event && event.release === id) apply(story, event, commit);
  spend(story, release.endedAt ?? now);
  return story;
}

/** Returns the commit without a start and what follows it. */
function untilNext(commit: Commit): Commit {
  const next = commit.events.findIndex(({type}) => type === 'release-started');
  return {...commit, events: commit.events.slice(0, next)};
}

function apply(story: Story, event: Event, {at, by, ...commit}: Commit): void {
  const authenticated = commit.authenticated ?? null;
  const {release, phases, pauses, held, percents, verdicts} = story;
  switch (event.type) {
    case 'phase-entered': {
      const before = phases.at(-1);
      if (before?.to === null) {
        before.to = at;
        before.criteria = event.left?.criteria ?? [];
      }
      const {name = '', durationMs = null} = release.plan.phases[event.phase] ?? {};
      const {phase, percent} = event;
      phases.push({
        phase,
        name,
        percent,
        from: at,
        to: null,
        plannedMs: durationMs,
        pausedMs: 0,
        heldMs: 0,
        criteria: [],
      });
      percents.push({at, percent, by});
      break;
    }
    case 'percent-set':
      percents.push({at, percent: event.percent, by});
      break;
    case 'release-paused':
      pauses.push({from: at, to: null, by, authenticated, reason: event.reason});
      break;
    case 'release-resumed':
      endLast(pauses, at);
      break;
    case 'clock-held':
      held.push({from: event.since ?? at, to: null});
      break;
    case 'clock-ran':
      endLast(held, at);
      break;
    case 'promotion-started':
    case 'rollback-started':
    case 'release-completed':
    case 'release-rolled-back':
      endLast(phases, at);
      endLast(pauses, at);
      endLast(held, at);
      if (event.type === 'rollback-started') percents.push({at, percent: 0, by});
      break;
    case 'verdict-changed':
      verdicts.push({at, by, action: event.action, reasons: event.reasons});
      break;
    default:
  }
}

function endLast(stretches: Stretch[], at: number): void {
  const last = stretches.at(-1);
  if (last?.to === null) last.to = at;
}

/**
 * Computes the time paused and held in each phase. @param end end of a running release, milliseconds since
 * 1970
 */
function spend({phases, pauses, held}: Story, end: number): void {
  for (const phase of phases) {
    const within = (stretches: readonly Stretch[]) =>
      stretches.reduce((ms, {from, to}) => {
        const overlap = Math.min(to ?? end, phase.to ?? end) - Math.max(from, phase.from);
        return ms + Math.max(0, overlap);
      }, 0);
    phase.pausedMs = within(pauses);
    phase.heldMs = within(held);
  }
}
