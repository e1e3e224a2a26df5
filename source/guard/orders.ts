import {type DueAlert, JUDGE_KEY} from '../analysis/judge/findings.ts';
import {timeWords} from '../text/amounts.ts';
import type {Judgement} from '../analysis/judge/judge.ts';
import {reason} from '../analysis/judge/reasons.ts';
import type {Report} from '../audience/applied.ts';
import {mayResolve} from '../release/alerting.ts';
import type {Intent} from '../release/command.ts';
import {isSameVerdict} from '../release/decide/guard.ts';
import {gateAlert} from '../release/gate.ts';
import type {Reason, Release, State} from '../release/state.ts';
import {startOf} from '../release/well-formed.ts';

/** A phase may take this many times its duration, and this much more, before it counts as stuck; milliseconds. */
const TIMES = 2;
const MORE_MS = 600_000;

/**
 * That a phase makes no progress, in words; null while it does. Time a person has ordered (paused, a phase that waits for
 * one) is no lack of progress.
 */
export function overdue(
  {plan, phase, state, phaseEnteredAt, splitChangedAt}: Release,
  now: number,
): string | null {
  const {name, durationMs, manual} = plan.phases[phase] ?? {};
  if (state !== 'rolling' || phaseEnteredAt === null || durationMs === undefined) return null;
  if (durationMs === null || manual === true) return null;
  const isLast = phase === plan.phases.length - 1;
  if (isLast && plan.complete === 'manual') return null;
  // An operator who sets the percentage has looked at the release.
  const sinceMs = now - Math.max(phaseEnteredAt, splitChangedAt);
  if (sinceMs < TIMES * durationMs + MORE_MS) return null;
  return `${name ?? 'the phase'} was to take ${timeWords(durationMs)} and has been there for ${timeWords(sinceMs)}`;
}

/** Something a guard wants done. An alert gets its id when it is raised. */
export type Wanted = Exclude<Intent, {type: 'alert'}> | Omit<Extract<Intent, {type: 'alert'}>, 'alert'>;

export interface Order {
  intent: Wanted;
  reason?: string;
}

/** What orders depend on: the log, the judgement of this moment, and since when routers have differed. */
export interface GuardInput {
  state: State;
  release: Release;
  judgement: Judgement;
  /** The store's clock, milliseconds since 1970. */
  now: number;
  /** Since when not every live router has applied the split; null: all have. */
  differsSince: number | null;
  /** Why a guard would have stopped gray in a time without one, although the cause is over by now; absent: no reason. */
  missed?: readonly Reason[];
  /** Those routers, each with what keeps it, if it says so. */
  unapplied: readonly Pick<Report, 'name' | 'trouble'>[];
}

/** Alerts of the guard itself begin so; what it did not raise it does not resolve. */
const GUARD_KEY = 'guard ';
/** Reasons that come and go are written no more often than this, milliseconds; an action at once. */
const SETTLE_MS = 10_000;
/** Soon after a split has changed nothing can be known, and a hold says nothing; milliseconds. */
const TOO_SOON_MS = 5000;
/** Gray of which nothing was ever heard is silent after this time, milliseconds. */
const UNHEARD_MS = 60_000;
/** Gray that gets requests and says nothing for so long is a fault that a person must know of, milliseconds. */
const SILENT_MS = 120_000;
/** Why the clock of a phase stands while gray is silent. */
const UNHEARD = 'nothing is heard of gray';
/** Routers that follow within this time have followed, milliseconds. */
const FOLLOW_MS = 3000;
/** Routers that have not followed within this time are a fault, milliseconds. */
const ROUTERS_LATE_MS = 30_000;
const ROUTERS_NAMED = 3;
const REASON_AT_MOST = 500;

/** What a guard does after a look, in this order. Pure: the same input, the same orders. */
export function ordersOf(input: GuardInput): Order[] {
  const {state} = input;
  return [
    ...verdictOrders(input),
    ...actionOrders(input),
    ...clockOrders(input),
    ...alertOrders(state, dueOf(input), input.now),
  ];
}

/** The verdict before what follows from it, so that the log has the numbers; not each second. */
function verdictOrders({release, judgement, now}: GuardInput): Order[] {
  const {action} = judgement.verdict;
  const before = release.verdict;
  if (isSameVerdict(before, judgement.verdict)) return [];
  // A clock that went back must not silence it.
  const isSettled = before === null || Math.abs(now - before.at) >= SETTLE_MS;
  if (before?.action === action && !isSettled) return [];
  if (before === null && action === 'hold' && Math.abs(now - release.splitChangedAt) < TOO_SOON_MS) return [];
  const {at: _, ...verdict} = judgement.verdict;
  return [{intent: {type: 'verdict', release: release.id, ...verdict}}];
}

function actionOrders(input: GuardInput): Order[] {
  const {release, judgement, missed} = input;
  const {because} = judgement;
  const {action, reasons} = judgement.verdict;
  const reason = words(reasons);
  if (missed !== undefined && (action === 'advance' || action === 'hold') && release.state === 'rolling')
    return [
      {intent: {type: 'pause', release: release.id}, reason: `while no guard was judging: ${words(missed)}`},
    ];
  switch (action) {
    case 'rollback':
      return isStuck(input) ? [] : [{intent: {type: 'rollback', release: release.id}, reason}];
    case 'pause':
      return release.state === 'rolling'
        ? [{intent: {type: 'pause', release: release.id, because}, reason}]
        : [];
    case 'advance':
      return release.state === 'rolling' ? advanceOrders(release, judgement, reason) : [];
    case 'hold':
      return [];
  }
}

function advanceOrders({id, phase}: Release, {next, left}: Judgement, reason: string): Order[] {
  if (next === null) return [];
  return next === 'complete'
    ? [{intent: {type: 'complete', release: id}, reason}]
    : [{intent: {type: 'next', release: id, from: phase, criteria: left}, reason}];
}

/** Prod is the new version already and nothing leads back: taking gray back would change nothing but the log. */
function isStuck({release, judgement}: GuardInput): boolean {
  return (
    judgement.verdict.action === 'rollback' && release.prodChanged && release.plan.hooks.demote === undefined
  );
}

function clockOrders({release, judgement, differsSince, now}: GuardInput): Order[] {
  const {state, id, clock, percent} = release;
  // A release that goes on has no use for the clock of the phase that it leaves.
  if (state !== 'rolling' || judgement.verdict.action === 'advance') return [];
  const hold = (why: string, since: number): Order[] =>
    clock.held === why ? [] : [{intent: {type: 'hold-clock', release: id, why, since}}];
  switch (judgement.heldClock) {
    case 'no-data': {
      const silentMs = judgement.gray.ageMs ?? now - release.splitChangedAt;
      return silentMs < UNHEARD_MS ? [] : hold(UNHEARD, now - silentMs);
    }
    case 'not-applied':
      return differsSince === null || now - differsSince < FOLLOW_MS
        ? []
        : hold(`not every router has applied ${percent} %`, differsSince);
    case null:
      return clock.held === null ? [] : [{intent: {type: 'run-clock', release: id}}];
  }
}

/**
 * How long gray has been silent, once a person must know, milliseconds; null: it is not, or not for so long. The clock that
 * stands already shows that an earlier look found the same: a guard that has just begun may not have read all samples.
 */
function silenceOfGray({release, judgement, now}: GuardInput): number | null {
  const {percent, state, clock, splitChangedAt} = release;
  const {ageMs, isSilent} = judgement.gray;
  if (!isSilent || percent === 0 || (state === 'rolling' && clock.held !== UNHEARD)) return null;
  const silentMs = ageMs ?? now - splitChangedAt;
  return silentMs >= SILENT_MS ? silentMs : null;
}

function dueOf(input: GuardInput): DueAlert[] {
  const {release, judgement, now, differsSince, unapplied} = input;
  const due = [...judgement.alerts];
  const silentMs = silenceOfGray(input);
  if (silentMs !== null) {
    const message = `gray is silent: no sample for ${timeWords(silentMs)} at ${release.percent} %; look whether gray runs and reports`;
    const cause = reason('no_data', message, {value: silentMs / 1000});
    due.push({key: `${GUARD_KEY}silence`, level: 'critical', message, cause});
  }
  if (differsSince !== null && now - differsSince >= ROUTERS_LATE_MS) {
    const message = `not every router has applied ${release.percent} %${routerWords(unapplied)}`;
    const cause = reason('not_applied', message, {threshold: release.percent});
    due.push({key: `${GUARD_KEY}routers`, level: 'warning', message, cause});
  }
  const gate = gateAlert(release, now);
  if (gate !== null) due.push(gate);
  const late = overdue(release, now);
  if (late !== null) due.push({key: `${GUARD_KEY}overdue`, level: 'warning', message: late});
  if (isStuck(input)) {
    const message = `gray is bad, but prod is ${release.version} already and no demote hook leads back: a person decides`;
    due.push({key: `${GUARD_KEY}stuck`, level: 'critical', message});
  }
  return due;
}

/**
 * Raises what is due and resolves what is over; only what guards and judges have raised. `now`: what flaps is over only
 * once it has been quiet for a while; without it, whatever is not due is over at once.
 */
export function alertOrders(
  {alerts}: State,
  due: readonly DueAlert[],
  now = Number.POSITIVE_INFINITY,
): Order[] {
  const open = alerts.filter(({resolvedAt}) => resolvedAt === null);
  const isOurs = (key: string) => key.startsWith(JUDGE_KEY) || key.startsWith(GUARD_KEY);
  const isOpen = ({key, level}: DueAlert) => open.some(one => one.key === key && one.level === level);
  return [
    ...due.filter(one => !isOpen(one)).map((one): Order => ({intent: {type: 'alert', ...one}})),
    ...open
      .filter(alert => isOurs(alert.key) && !due.some(one => one.key === alert.key) && mayResolve(alert, now))
      .map(({id}): Order => ({intent: {type: 'resolve', alert: id}})),
  ];
}

/** The first of them by name. */
function routerWords(routers: GuardInput['unapplied']): string {
  const named = routers
    .slice(0, ROUTERS_NAMED)
    .map(
      ({name, trouble = ''}) => `${startOf(name, 60)}${trouble === '' ? '' : ` (${startOf(trouble, 100)})`}`,
    );
  const more = routers.length > named.length ? `, and ${routers.length - named.length} more` : '';
  return named.length === 0 ? '' : `: ${named.join(', ')}${more}`;
}

function words(reasons: readonly Reason[]): string {
  return startOf(reasons.map(({text}) => text).join('; '), REASON_AT_MOST);
}
