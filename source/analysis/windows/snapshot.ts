import type {Commit} from '../../release/commit.ts';
import type {Release, State} from '../../release/state.ts';
import {METRIC_NAMES} from '../metrics.ts';
import {SIDES, type Side, type SideNumbers, type WindowView} from '../numbers.ts';

/** What a snapshot is made from. */
export interface SnapshotSource {
  state: State;
  release: Release;
  /** The whole log, oldest first. */
  commits: readonly Commit[];
  /** Numbers of this release from its start on, whatever its split was. */
  windows: WindowView;
  /** The store's clock, milliseconds since 1970. */
  now: number;
}

const MINUTE_MS = 60_000;
/** Raw samples do not live longer. */
const LOOK_BACK_MS = 15 * MINUTE_MS;
const STEP_MS = 10_000;
const MINUTES = [1, 5, 15] as const;
const MOST_METRICS = 24;
const MOST_VERDICTS = 100;

export type AnalysisSnapshot = ReturnType<typeof analysisSnapshot>;

/**
 * What was known when a release was taken back, as it was known: samples are gone after minutes, and seconds after an
 * hour. `graydeck.snapshot/1`: both sides before and after the rollback and over time, every verdict and alert, and how
 * far the log had come. Rates in percent, times in milliseconds, an unknown number is null.
 */
export function analysisSnapshot({state, release, commits, windows, now}: SnapshotSource) {
  const at = release.rollback?.at ?? now;
  const from = at - LOOK_BACK_MS;
  const both = (span: {from: number; to: number}): Record<Side, SideNumbers> => ({
    prod: windows.numbers('prod', span),
    gray: windows.numbers('gray', span),
  });
  const names = [...METRIC_NAMES, ...windows.otherNames()].slice(0, MOST_METRICS);
  return {
    schema: 'graydeck.snapshot/1',
    feature: state.feature,
    release: release.id,
    version: release.version,
    over: release.over,
    plan: release.plan.name,
    phase: release.plan.phases[release.phase]?.name ?? null,
    startedAt: release.startedAt,
    rollback: release.rollback,
    takenAt: now,
    head: commits.at(-1)?.version ?? 0,
    verdict: release.verdict,
    verdicts: verdictsOf(release.id, commits),
    alerts: state.alerts,
    before: MINUTES.map(minutes => ({
      minutes,
      ...both({from: at - minutes * MINUTE_MS, to: at}),
    })),
    after: {seconds: (now - at) / 1000, ...both({from: at, to: now})},
    series: {
      from,
      to: now,
      stepMs: STEP_MS,
      sides: Object.fromEntries(
        SIDES.map(side => [
          side,
          Object.fromEntries(
            names.map(name => [name, windows.series(side, name, {from, to: now}, STEP_MS).map(rounded)]),
          ),
        ]),
      ),
    },
  } as const;
}

/** Every verdict of the release, the newest last: when, what, and why in words. */
function verdictsOf(id: string, commits: readonly Commit[]) {
  return commits
    .flatMap(({at, by, events}) =>
      events.flatMap(event =>
        event.type === 'verdict-changed' && 'reasons' in event && event.release === id
          ? [{at, by, action: event.action, reasons: event.reasons}]
          : [],
      ),
    )
    .slice(-MOST_VERDICTS);
}

/** Rounds to four digits: a curve does not show more. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
