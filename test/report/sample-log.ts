import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {emptyPart, type Tally} from '../../source/analysis/windows/roll-up.ts';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import type {Side} from '../../source/analysis/numbers.ts';
import type {Commit} from '../../source/release/commit.ts';
import type {Command} from '../../source/release/command.ts';
import {decide} from '../../source/release/decide/decide.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {evolve} from '../../source/release/evolve/evolve.ts';
import {initialState} from '../../source/release/state.ts';
import {buildReport, type ReportSources} from '../../source/report/build-report.ts';
import {ReportSums} from '../../source/report/measured.ts';
import type {ReleaseReport} from '../../source/report/report.ts';
import {storyOf} from '../../source/report/story.ts';
import {DAWN, FEATURE, SECOND, liu, type Order, type Wait} from '../release/specification.ts';

/** A log as the controller would write it: a commit a second, plus the time that passes. */
export function logOf(...happenings: (Order | Wait)[]): Commit[] {
  let state = initialState(FEATURE);
  let at = DAWN;
  const commits: Commit[] = [];
  for (const happening of happenings) {
    if ('waitMs' in happening) {
      at += happening.waitMs;
      continue;
    }
    at += SECOND;
    const {reason = null, ...rest} = happening;
    const command: Command = {by: liu, at, ...rest, ...(reason === null ? {} : {reason})};
    const decision = decide(state, command);
    if (!decision.ok) throw new Error(`${command.type} is refused: ${decision.refusal.message}`);
    for (const event of decision.events) state = evolve(state, event, {at: command.at, by: command.by.name});
    const version = commits.length + 1;
    commits.push({
      version,
      id: `c-${version}`,
      parent: version === 1 ? null : `c-${version - 1}`,
      schema: 1,
      minReader: 1,
      by: command.by.name,
      at: command.at,
      reason,
      events: decision.events,
      split: deriveSplit(state),
    });
  }
  return commits;
}

/** The report of a log's release with these tallies. Events are shown by their type. */
export function reportOf(
  commits: readonly Commit[],
  tallies: readonly Tally[],
  {
    now,
    feedback = null,
    snapshot = null,
  }: {now: number} & Partial<Pick<ReportSources, 'feedback' | 'snapshot'>>,
): ReleaseReport {
  const story = storyOf(FEATURE, commits, 'r-1', now)!;
  const measured = new ReportSums(story, now);
  for (const tally of tallies) measured.add(tally);
  return buildReport({
    feature: FEATURE,
    story,
    measured,
    snapshot,
    feedback,
    now,
    sentence: ({type}) => type,
  });
}

export interface MeasuredSide {
  requests: number;
  errors: number;
  /** Milliseconds, of every request. */
  took: number;
  conversions?: number;
  users?: readonly string[];
}

/** A minute with samples of both sides. */
export function minute(t: number, sides: Partial<Record<Side, MeasuredSide>>): Tally {
  const parts = Object.entries(sides).map(([side, {requests, errors, took, conversions = 0, users}]) => {
    const part = emptyPart(side as Side, 'eligible');
    part.entries = 1;
    part.counters.set('requests', requests).set('errors', errors).set('conversions', conversions);
    const times = new LogHistogram();
    times.add(took, requests);
    part.distributions.set('response_time', times);
    if (users !== undefined) {
      part.users = new DistinctSketch();
      for (const user of users) part.users.add(user);
    }
    return part;
  });
  return {t, ms: 60_000, release: 'r-1', parts};
}
