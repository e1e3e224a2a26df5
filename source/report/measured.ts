import type {SideNumbers} from '../analysis/numbers.ts';
import type {Tally} from '../analysis/windows/roll-up.ts';
import {CourseSum} from './course.ts';
import type {Course, CourseOfSide, ReleaseReport, ReportSides} from './report.ts';
import {SidesSum} from './sides.ts';
import type {Story} from './story.ts';
import {Weighing, type Weighed, type Weight} from './weighing.ts';

/**
 * Adds up what was measured while a release ran: in all, for each phase, and over time. It reads tallies one
 * by one and keeps none, because three days of a busy service are 100 MB.
 */
export class ReportSums {
  readonly #from: number;
  readonly #to: number;
  /** Sum outside of all phases. */
  readonly #rest = new SidesSum();
  readonly #phases: readonly {from: number; to: number; sum: SidesSum}[];
  readonly #course: CourseSum;
  readonly #weighing = new Weighing();
  #coveredMs = 0;

  /** @param now end of a running release, milliseconds since 1970 */
  constructor({release, phases}: Pick<Story, 'release' | 'phases'>, now: number) {
    this.#from = release.startedAt;
    this.#to = release.endedAt ?? now;
    this.#phases = phases.map(({from, to}) => ({from, to: to ?? this.#to, sum: new SidesSum()}));
    this.#course = new CourseSum({from: this.#from, to: this.#to});
  }

  /** Adds a tally. Tallies come in order of time and do not overlap. */
  add(tally: Tally): void {
    const {t, ms} = tally;
    if (t + ms <= this.#from || t >= this.#to) return;
    this.#coveredMs += ms;
    this.#course.add(tally);
    this.#weighing.add(tally);
    // A tally belongs to the phase of its middle, because minutes do not end with phases.
    const middle = t + ms / 2;
    const phase = this.#phases.findLast(({from, to}) => middle >= from && middle < to);
    (phase?.sum ?? this.#rest).add(tally);
  }

  all(): ReportSides {
    const all = new SidesSum();
    for (const sum of [this.#rest, ...this.#phases.map(({sum}) => sum)]) all.merge(sum);
    const sides = all.sides();
    return hasConverted(sides) ? sides : withoutConversions(sides);
  }

  /** Whether each difference may be chance. */
  weights(): Record<Weighed, Weight> {
    return this.#weighing.weights();
  }

  /** Sums of the phase at this index of the story. */
  phase(index: number): ReportSides {
    const sides = this.#phases[index]?.sum.sides() ?? {prod: null, gray: null};
    return hasConverted(this.all()) ? sides : withoutConversions(sides);
  }

  course(percents: ReleaseReport['percents']): Course {
    const course = this.#course.course(percents);
    return hasConverted(this.all()) ? course : uncharted(course);
  }

  /** Share of the time with measurements, 0–100. */
  coveredPercent(): number {
    const ms = this.#to - this.#from;
    return ms <= 0 ? 100 : Math.min(100, Math.round((this.#coveredMs / ms) * 100));
  }
}

/** Whether any side had conversions. Senders may write conversions of 0 without measuring them. */
export function hasConverted({prod, gray}: ReportSides): boolean {
  return (prod?.conversions ?? 0) + (gray?.conversions ?? 0) > 0;
}

export function withoutConversions({prod, gray}: ReportSides): ReportSides {
  const of = (numbers: SideNumbers | null) =>
    numbers === null ? null : {...numbers, conversions: null, conversionRate: null};
  return {prod: of(prod), gray: of(gray)};
}

/** Returns the course without conversions. */
export function uncharted(course: Course): Course {
  const of = (side: CourseOfSide): CourseOfSide => ({
    ...side,
    conversionRate: side.conversionRate.map(() => null),
  });
  return {...course, prod: of(course.prod), gray: of(course.gray)};
}
