import {arrivals, normal} from '../../../source/demo/behaviour.ts';
import type {Judgement} from '../../../source/analysis/judge/judge.ts';
import type {Plan} from '../../../source/release/plan.ts';
import {Scene, type Shown} from './scene.ts';

/** What a side does of what comes to it. Shares are 0–1. */
export interface Behaviour {
  errors: number;
  conversions: number;
  /** Median response time, milliseconds. */
  median: number;
}

export interface LaunchOptions {
  plan: Partial<Plan>;
  /** Of both sides together. */
  requestsPerSecond: number;
  prod: Behaviour;
  gray: Behaviour;
  /** How many errors come at a time, on average. */
  burst?: number;
  seconds: number;
  random: () => number;
}

export const HEALTHY: Behaviour = {errors: 0.005, conversions: 0.06, median: 90};

/** Errors in bursts of geometric size. */
function failures(mean: number, burst: number, random: () => number): number {
  let count = 0;
  for (let left = arrivals(mean / burst, random); left > 0; left--) {
    do count += 1;
    while (random() > 1 / burst);
  }
  return count;
}

function second(
  requestsPerSecond: number,
  {errors, conversions, median}: Behaviour,
  burst: number,
  random: () => number,
): Shown | null {
  const requests = arrivals(requestsPerSecond, random);
  if (requests === 0) return null;
  const part = (count: number) => Math.min(requests, count);
  return {
    counters: {
      requests,
      errors: part(failures(requests * errors, burst, random)),
      conversions: part(arrivals(requests * conversions, random)),
    },
    times: Array.from({length: Math.min(requests, 40)}, () => median * Math.exp(0.7 * normal(random))),
  };
}

/**
 * Judges a launch second by second, and goes on from phase to phase as the judge says.
 * @param look called with each judgement and the second it is of; false ends the launch
 */
export function launch(
  {plan, requestsPerSecond, prod, gray, burst = 1, seconds, random}: LaunchOptions,
  look: (judgement: Judgement, second: number, phase: number) => boolean,
): void {
  const scene = new Scene(plan);
  const enter = (phase: number) => {
    scene.phase = phase;
    scene.ranMs = 0;
    scene.since = scene.at;
    scene.percent = scene.plan.phases[phase]?.percent ?? 0;
    scene.applied = scene.percent;
    scene.begin();
  };
  enter(0);
  for (let at = 1; at <= seconds; at++) {
    const share = scene.percent / 100;
    scene.second(
      second(requestsPerSecond * share, gray, burst, random),
      second(requestsPerSecond * (1 - share), prod, burst, random),
    );
    scene.ranMs += 1000;
    const judgement = scene.judge();
    if (!look(judgement, at, scene.phase)) return;
    if (judgement.next === 'complete') return;
    if (judgement.next === 'phase') enter(scene.phase + 1);
  }
}
