import type {Side} from '../analysis/numbers.ts';
import type {Tally} from '../analysis/windows/roll-up.ts';
import type {Course, CourseOfSide, Report} from './report.ts';
import {sidesOf} from './sides.ts';

/** As many points as a chart shows well. */
const POINTS = 240;
const STEPS_MS = [1000, 5000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000];

/** Numbers over time from `from` to `to`, in steps that a chart can hold. Tallies in order of time. */
export function courseOf(
  tallies: readonly Tally[],
  percents: Report['percents'],
  {from, to}: {from: number; to: number},
): Course {
  const finest = tallies.reduce((ms, tally) => Math.max(ms, tally.ms), 1000);
  const stepMs = STEPS_MS.find(ms => ms >= finest && (to - from) / ms <= POINTS) ?? 86_400_000;
  const course: Course = {stepMs, at: [], percent: [], prod: nothing(), gray: nothing()};
  let next = 0;
  for (let at = Math.floor(from / stepMs) * stepMs; at < to; at += stepMs) {
    const within: Tally[] = [];
    for (let tally = tallies[next]; tally !== undefined && tally.t < at + stepMs; tally = tallies[++next])
      within.push(tally);
    course.at.push(at);
    course.percent.push(percents.findLast(set => set.at < at + stepMs)?.percent ?? null);
    const sides = sidesOf(within);
    for (const side of ['prod', 'gray'] as const) put(course[side], sides[side]);
  }
  return course;
}

function nothing(): CourseOfSide {
  return {requestsPerSecond: [], errorRate: [], p95: [], conversionRate: []};
}

function put(course: CourseOfSide, numbers: ReturnType<typeof sidesOf>[Side]): void {
  course.requestsPerSecond.push(numbers?.requestsPerSecond ?? null);
  course.errorRate.push(numbers?.errorRate ?? null);
  course.p95.push(numbers?.responseTime.p95 ?? null);
  course.conversionRate.push(numbers?.conversionRate ?? null);
}
