import type {ConsoleMode} from '../../../source/console/deck.ts';
import {builtInPlan} from '../../../source/config/plan/built-in.ts';
import type {Condition, Guardrail, Hook, Plan} from '../../../source/release/plan.ts';
import {World, type Traffic} from './world.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

function limit(
  text: string,
  metric: string,
  op: Condition['op'],
  value: number,
  unit: 'percent' | 'ms',
): Condition {
  return {
    text,
    metric,
    improvement: false,
    op,
    threshold: {value, unit},
    overMs: 5 * MINUTE,
    minRequests: 100,
  };
}

export const GUARDRAILS: Guardrail[] = [
  {
    when: limit('error_rate > 5 %', 'error_rate', '>', 5, 'percent'),
    forMs: 5 * MINUTE,
    then: 'rollback',
    level: 'critical',
  },
  {
    when: limit('response_time_p95 > 400 ms', 'response_time_p95', '>', 400, 'ms'),
    forMs: 5 * MINUTE,
    then: 'pause',
    level: 'warning',
  },
];

/** Somebody is told that fewer buy; nothing is done about it. */
export const ALERT_ONLY: Guardrail = {
  when: limit('conversion_rate < 5 %', 'conversion_rate', '<', 5, 'percent'),
  forMs: 0,
  then: 'alert',
  level: 'warning',
};

export function hook(name: string): Hook {
  return {argv: [name], timeoutMs: MINUTE, check: null};
}

export const PLAN: Plan = {
  ...builtInPlan,
  name: 'payment',
  guardrails: GUARDRAILS,
  hooks: {stop: hook('stop'), promote: hook('promote'), verify: hook('verify'), cleanup: hook('cleanup')},
};

export const WELL: Traffic = {
  requests: 160,
  errors: 0.005,
  conversions: 0.062,
  unavailable: 0.0004,
  medianMs: 84,
};
export const GRAY_WELL: Traffic = {...WELL, requests: 40};

/** How traffic goes, `age` seconds before the scene's moment (0: now, negative: after it). */
export interface Course {
  prod(age: number): Traffic | null;
  gray(age: number): Traffic | null;
}

export const QUIET: Course = {prod: () => WELL, gray: age => (age < 14 * 60 ? GRAY_WELL : null)};
export const FAILING: Course = {
  prod: () => WELL,
  gray: age =>
    age > 14 * 60
      ? null
      : age > 75
        ? GRAY_WELL
        : {...GRAY_WELL, errors: 0.075, medianMs: 190, conversions: 0.02},
};

export interface Scene {
  world: World;
  mode: Partial<ConsoleMode>;
  course: Course;
}

/** A payment release in its second phase: what most scenes begin with. */
export async function rolling(
  now: () => number,
  course: Course,
  plan: Plan = PLAN,
  version = 'v1.1.0',
): Promise<Scene> {
  const world = new World('new_payment', now);
  await world.controller.ready();
  const moment = now();
  const earlier = (ms: number): void => world.clock(() => moment - ms);
  earlier(26 * HOUR);
  await world.act({type: 'start', release: 'r-7', version, over: 'v1.0.9', plan});
  if (plan.hooks.deploy !== undefined) return told();
  earlier(14 * MINUTE);
  await world.act({type: 'next', release: 'r-7', from: 0});
  earlier(9 * MINUTE);
  await world.act({type: 'pause', release: 'r-7'}, undefined, 'checking a user report');
  earlier(7 * MINUTE);
  await world.act({type: 'resume', release: 'r-7'});
  earlier(6 * MINUTE);
  await world.act({type: 'alert', alert: 'a-1', level: 'warning', message: 'conversion fell for a moment'});
  earlier(5 * MINUTE);
  await world.act({type: 'acknowledge', alert: 'a-1'});
  return told();

  function told(): Scene {
    world.clock(now);
    routers(world, 'r-7', world.controller.snapshot().split.percent);
    feed(world, course, moment);
    return {world, mode: {}, course};
  }
}

export function routers(world: World, release: string | null, percent: number, live = percent > 0): void {
  const version = world.controller.snapshot().head?.version ?? 0;
  world.routers = ['sdk web-1/812', 'sdk web-2/455', 'nginx edge-1'].map(name => ({
    name,
    kind: name.split(' ')[0] ?? 'sdk',
    version,
    release,
    percent,
    live,
    boundMs: 15_000,
    at: world.now(),
  }));
}

/** What lies further back than this is fed in fewer, larger entries: it is only seen in charts. */
const COARSE_BEFORE_S = 150;
const COARSE_S = 5;

export function feed(world: World, course: Course, moment: number, minutes = 16): void {
  for (let age = minutes * 60; age > COARSE_BEFORE_S; age -= COARSE_S)
    step(world, course, moment, age, COARSE_S);
  for (let age = COARSE_BEFORE_S; age >= 1; age--) step(world, course, moment, age);
}

export function step(world: World, course: Course, moment: number, age: number, times = 1): void {
  const at = moment - age * SECOND;
  for (const side of ['prod', 'gray'] as const) {
    const traffic = course[side](age);
    if (traffic !== null) world.measure(side, at, {...traffic, requests: traffic.requests * times});
  }
}
