/**
 * What a history of a release must hold, whatever broke meanwhile. A model of its own, which shares no rule with the
 * product: pure functions of the log and of what people, apps and channels have seen.
 */
import type {Commit} from '../../source/release/commit.ts';
import type {Event} from '../../source/release/event.ts';
import type {Plan} from '../../source/release/plan.ts';

/** A command that was answered: the version that the answer named. Moments in milliseconds since 1970. */
export interface Acknowledged {
  by: string;
  version: number;
  beganAt: number;
  answeredAt: number;
}

/** An app served gray of this release at this moment. */
export interface ServedGray {
  app: string;
  release: string;
  at: number;
}

export interface History {
  commits: readonly Commit[];
  acknowledged: readonly Acknowledged[];
  served: readonly ServedGray[];
  /** Names of the guards. */
  guards: readonly string[];
  /** Texts of the alerts that were acknowledged as raised, and of all that a channel was sent. */
  alerts: readonly string[];
  delivered: readonly string[];
  /** Alerts whose delivery the log calls failed. */
  failed: readonly string[];
  /** A router that hears nothing serves gray at most so long after a rollback. */
  boundMs: number;
}

/** All promises that the history breaks, as sentences; none if all is well. */
export function breachesOf(history: History): string[] {
  return [
    ...chainBreaches(history.commits),
    ...acknowledgedBreaches(history),
    ...raiseBreaches(history),
    ...stepBreaches(history.commits),
    ...grayBreaches(history),
    ...alertBreaches(history),
  ];
}

function chainBreaches(commits: readonly Commit[]): string[] {
  return commits.flatMap(({version, parent}, index) => {
    const before = commits[index - 1];
    const follows = version === (before?.version ?? 0) + 1 && parent === (before?.id ?? null);
    return follows ? [] : [`version ${version} does not follow the commit before it`];
  });
}

/** Each acknowledged command is in the log once, by its actor, and after those that were answered before it began. */
function acknowledgedBreaches({commits, acknowledged}: History): string[] {
  const byVersion = new Map(commits.map(commit => [commit.version, commit]));
  const breaches: string[] = [];
  const seen = new Set<number>();
  for (const {version, by} of acknowledged) {
    if (seen.has(version)) breaches.push(`version ${version} was given to two commands`);
    seen.add(version);
    const commit = byVersion.get(version);
    if (commit === undefined) breaches.push(`the acknowledged version ${version} of ${by} is lost`);
    else if (commit.by !== by) breaches.push(`version ${version} is by ${commit.by}, not by ${by}`);
  }
  for (const one of acknowledged)
    for (const other of acknowledged)
      if (other.answeredAt < one.beganAt && other.version > one.version)
        breaches.push(`version ${one.version} began after ${other.version} was answered`);
  return breaches;
}

/** No guard raises a release that is paused or ended, before a phase's time, or without the newest epoch. */
function raiseBreaches({commits, guards}: History): string[] {
  const breaches: string[] = [];
  let holder: string | null = null;
  let plan: Plan | null = null;
  let state = 'none';
  let percent = 0;
  let enteredAt = 0;
  let pausedMs = 0;
  let pausedAt: number | null = null;
  let phase = 0;
  for (const {version, by, at, events} of commits) {
    // A guard signs what its helpers write with its name and a number of theirs.
    const guard = guards.find(name => by === name || by.startsWith(`${name}, `));
    const isGuard = guard !== undefined;
    for (const event of events as Event[]) {
      if (event.type === 'guard-taken') holder = by;
      else if (isGuard && guard !== holder)
        breaches.push(`${by} acts in ${version}, and ${holder} has the guard`);
      if (event.type === 'release-started') [plan, state, percent, phase] = [event.plan, 'rolling', 0, 0];
      if (event.type === 'phase-entered') {
        const dueMs = plan?.phases[phase]?.durationMs ?? 0;
        const ranMs = at - enteredAt - pausedMs;
        if (isGuard && event.percent > percent && state !== 'rolling')
          breaches.push(`${by} raises a release that is ${state} in ${version}`);
        // Two clocks of the store's second decide when a phase has had its time.
        if (isGuard && event.percent > percent && ranMs < dueMs - 1000)
          breaches.push(`${by} raises after ${ranMs} of ${dueMs} ms in ${version}`);
        [phase, percent, enteredAt, pausedMs, pausedAt, state] = [
          event.phase,
          event.percent,
          at,
          0,
          null,
          'rolling',
        ];
      }
      if (event.type === 'percent-set') {
        if (isGuard && event.percent > percent) breaches.push(`${by} sets a higher percent in ${version}`);
        ({percent} = event);
      }
      if (event.type === 'release-paused') [state, pausedAt] = ['paused', at];
      if (event.type === 'release-resumed') {
        pausedMs += pausedAt === null ? 0 : at - pausedAt;
        [state, pausedAt] = ['rolling', null];
      }
      if (event.type === 'rollback-started') [state, percent] = ['rolled back', 0];
    }
  }
  return breaches;
}

/** No step is begun again once its outcome is known. */
function stepBreaches(commits: readonly Commit[]): string[] {
  const ended = new Set<string>();
  const breaches: string[] = [];
  for (const {version, events} of commits)
    for (const event of events as Event[]) {
      if (event.type === 'step-retried') ended.delete(`${event.release} ${event.step}`);
      if (event.type === 'step-ended') ended.add(`${event.release} ${event.step}`);
      if (event.type === 'step-started' && ended.has(`${event.release} ${event.step}`))
        breaches.push(`${event.step} began again in ${version}`);
    }
  return breaches;
}

/** No app serves gray of a release after its rollback and the bound. */
function grayBreaches({commits, served, boundMs}: History): string[] {
  const takenBack = new Map<string, number>();
  for (const {at, events} of commits)
    for (const event of events as Event[])
      if (event.type === 'rollback-started') takenBack.set(event.release, at);
  return served.flatMap(({app, release, at}) => {
    const since = takenBack.get(release);
    return since === undefined || at <= since + boundMs
      ? []
      : [`${app} served gray of ${release} ${at - since} ms after its rollback`];
  });
}

/** Every alert is delivered, or its delivery has visibly failed. */
function alertBreaches({alerts, delivered, failed}: History): string[] {
  return alerts.flatMap(alert =>
    delivered.some(text => text.includes(alert)) || failed.includes(alert)
      ? []
      : [`the alert ${alert} was neither delivered nor called failed`],
  );
}
