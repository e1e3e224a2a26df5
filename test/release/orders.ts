import type {Plan} from '../../source/release/plan.ts';
import type {StepOutcome} from '../../source/release/command.ts';
import type {Order} from './specification.ts';
import {fourPhases} from './plans.ts';

type Rest<T extends Order['type']> = Partial<Extract<Order, {type: T}>>;

/** The commands of a story. They name release r-1 by default. */
const release = 'r-1';

export function start(plan: Plan = fourPhases(), rest: Rest<'start'> = {}): Order {
  return {type: 'start', release, version: 'v2', over: 'v1', plan, ...rest};
}
export function set(percent: number, rest: Rest<'set'> = {}): Order {
  return {type: 'set', release, percent, ...rest};
}
/** Leaves the phase at this index. */
export function next(from: number, rest: Rest<'next'> = {}): Order {
  return {type: 'next', release, from, ...rest};
}
export function pause(rest: Rest<'pause'> = {}): Order {
  return {type: 'pause', release, ...rest};
}
export function resume(rest: Rest<'resume'> = {}): Order {
  return {type: 'resume', release, ...rest};
}
export function rollback(rest: Rest<'rollback'> = {}): Order {
  return {type: 'rollback', release, ...rest};
}
export function complete(rest: Rest<'complete'> = {}): Order {
  return {type: 'complete', release, ...rest};
}
export function retry(step?: string, rest: Rest<'retry'> = {}): Order {
  return {type: 'retry', release, ...(step === undefined ? {} : {step}), ...rest};
}
export function include(user: string, rest: Rest<'include'> = {}): Order {
  return {type: 'include', release, user, ...rest};
}
export function deny(user: string, rest: Rest<'deny'> = {}): Order {
  return {type: 'deny', release, user, ...rest};
}
export function remove(user: string, rest: Rest<'remove'> = {}): Order {
  return {type: 'remove', release, user, ...rest};
}
export function begin(step: string, rest: Rest<'begin-step'> = {}): Order {
  return {type: 'begin-step', release, step, deadlineMs: 10_000, ...rest};
}
export function leave(step: string, rest: Rest<'leave-step'> = {}): Order {
  return {type: 'leave-step', release, step, ...rest};
}
export function end(step: string, outcome: StepOutcome = 'done', rest: Rest<'end-step'> = {}): Order {
  return {type: 'end-step', release, step, outcome, ...rest};
}
/** Steps that begin and succeed, one after the other. */
export function run(...steps: string[]): Order[] {
  return steps.flatMap(step => [begin(step), end(step)]);
}
/** All steps of a rollback: those without a hook, and the given ones between them. */
export function takenBack(...hooked: string[]): Order[] {
  return run('rollback.traffic', ...hooked, 'rollback.notify', 'rollback.snapshot');
}
