import {SIDES, type Side} from '../analysis/numbers.ts';
import type {Tally} from '../analysis/windows/roll-up.ts';
import type {Course, CourseOfSide, ReleaseReport, ReportSides} from './report.ts';
import {SidesSum} from './sides.ts';

/** Most points of a chart. */
const POINTS = 240;
const DAY_MS = 86_400_000;
/** Steps of a chart, milliseconds. Each is a multiple of those before it. */
const STEPS_MS = [1000, 5000, 15_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000, 14_400_000];

/** Adds up the numbers over time from `from` to `to`, in steps that fit into a chart. */
export class CourseSum {
  readonly #from: number;
  readonly #to: number;
  /** Sums by step, milliseconds since 1970. Steps may be finer than `#stepMs`. */
  readonly #cells = new Map<number, SidesSum>();
  #stepMs: number;

  constructor({from, to}: {from: number; to: number}) {
    this.#from = from;
    this.#to = to;
    this.#stepMs = this.#stepFor(1000);
  }

  add(tally: Tally): void {
    // Each step is a multiple of the finer ones, which are merged in `course`.
    this.#stepMs = Math.max(this.#stepMs, this.#stepFor(tally.ms));
    const cell = beginOf(Math.max(tally.t, this.#from), this.#stepMs);
    let sum = this.#cells.get(cell);
    if (sum === undefined) this.#cells.set(cell, (sum = new SidesSum({countsUsers: false})));
    sum.add(tally);
  }

  course(percents: ReleaseReport['percents']): Course {
    const stepMs = this.#stepMs;
    const sums = new Map<number, SidesSum>();
    for (const [at, cell] of this.#cells) {
      const step = beginOf(at, stepMs);
      const sum = sums.get(step) ?? new SidesSum({countsUsers: false});
      sum.merge(cell);
      sums.set(step, sum);
    }
    const course: Course = {stepMs, at: [], percent: [], prod: nothing(), gray: nothing()};
    for (let at = beginOf(this.#from, stepMs); at < this.#to; at += stepMs) {
      course.at.push(at);
      course.percent.push(percents.findLast(set => set.at < at + stepMs)?.percent ?? null);
      const sides = sums.get(at)?.sides();
      for (const side of SIDES) put(course[side], sides?.[side] ?? null);
    }
    return course;
  }

  /** The finest step of at least `ms` that fits into a chart, milliseconds. */
  #stepFor(ms: number): number {
    return STEPS_MS.find(step => step >= ms && (this.#to - this.#from) / step <= POINTS) ?? DAY_MS;
  }
}

function beginOf(t: number, ms: number): number {
  return Math.floor(t / ms) * ms;
}

function nothing(): CourseOfSide {
  return {requestsPerSecond: [], errorRate: [], p95: [], conversionRate: []};
}

function put(course: CourseOfSide, numbers: ReportSides[Side]): void {
  course.requestsPerSecond.push(numbers?.requestsPerSecond ?? null);
  course.errorRate.push(numbers?.errorRate ?? null);
  course.p95.push(numbers?.responseTime.p95 ?? null);
  course.conversionRate.push(numbers?.conversionRate ?? null);
}
