import type {SideNumbers} from '../analysis/numbers.ts';
import type {AlertLevel} from '../release/plan.ts';
import type {StepOutcome, VerdictAction} from '../release/command.ts';
import type {Reason, ReleaseState} from '../release/state.ts';

/** A period of a release, milliseconds since 1970. `to` is null while it lasts. */
export interface Stretch {
  from: number;
  to: number | null;
}

/** Numbers of both sides of all cohorts; null if nothing was stored. */
export interface ReportSides {
  prod: SideNumbers | null;
  gray: SideNumbers | null;
}

/** One stay in a phase. A phase that was entered twice has two. */
export interface PhaseReport extends Stretch {
  name: string;
  percent: number;
  /** Planned duration, milliseconds; null for open. */
  plannedMs: number | null;
  /** Time paused, milliseconds. */
  pausedMs: number;
  /** Time in which the phase clock waited for data or routers, milliseconds. */
  heldMs: number;
  /** Results of the criteria when the phase was left; empty while it lasts. */
  criteria: {text: string; outcome: string}[];
  sides: ReportSides;
}

export interface StepReport {
  id: string;
  state: 'pending' | 'running' | StepOutcome;
  startedAt: number | null;
  ms: number | null;
  attempts: number;
  error: string | null;
}

/** Course of a rollback. */
export interface RollbackReport {
  at: number;
  by: string;
  authenticated: string | null;
  reason: string | null;
  fromPercent: number;
  /** Milliseconds from the commit until the last router confirmed; null if unknown. */
  toProdMs: number | null;
  routers: number | null;
  confirmed: number | null;
  silent: number | null;
  /** Requests that reached gray after the commit; null if not measured. */
  requestsAfter: number | null;
  /** Numbers of the snapshot; null if none was stored. */
  near: AtRollback | null;
}

/** Numbers in the last 1, 5 and 15 minutes before a rollback, and from it until the snapshot. */
export interface AtRollback {
  takenAt: number;
  before: ({minutes: number} & ReportSides)[];
  after: {seconds: number} & ReportSides;
}

/** A metric of both sides over the whole release. */
export interface Difference {
  metric:
    | 'error_rate'
    | 'conversion_rate'
    | 'availability'
    | 'response_time_p50'
    | 'response_time_p95'
    | 'response_time_p99';
  unit: 'percent' | 'ms';
  prod: number;
  gray: number;
  /** Gray divided by prod; null if prod is 0. */
  times: number | null;
  /** The side that it speaks for beyond chance; `neither` if it may be chance. */
  better: 'gray' | 'prod' | 'neither';
}

/** Numbers over time for the charts. All lists are as long as `at`. */
export interface Course {
  stepMs: number;
  at: number[];
  percent: (number | null)[];
  prod: CourseOfSide;
  gray: CourseOfSide;
}
export interface CourseOfSide {
  requestsPerSecond: (number | null)[];
  errorRate: (number | null)[];
  p95: (number | null)[];
  conversionRate: (number | null)[];
}

/** The report of a release: `graydeck.report/1`. Rates in percent, times in milliseconds. */
export interface ReleaseReport {
  schema: 'graydeck.report/1';
  feature: string;
  release: string;
  version: string;
  over: string | null;
  plan: string;
  state: ReleaseState;
  startedAt: number;
  startedBy: string;
  /** The authenticated user behind `startedBy`; null in older logs. */
  startedAs: string | null;
  /** The newest commit that the report was made from; its id vouches for the log up to there. */
  head: {version: number; id: string} | null;
  endedAt: number | null;
  madeAt: number;
  totalMs: number;
  pausedMs: number;
  heldMs: number;
  phases: PhaseReport[];
  pauses: (Stretch & {by: string; authenticated: string | null; reason: string | null})[];
  percents: {at: number; percent: number; by: string}[];
  verdicts: {at: number; action: VerdictAction; by: string; reasons: Reason[]}[];
  alerts: {
    id: string;
    level: AlertLevel;
    message: string;
    /** Code and numbers of the message; absent in alerts of people. */
    cause?: Reason;
    raisedAt: number;
    repeats: number;
    acknowledgedBy: string | null;
    acknowledgedAs: string | null;
    acknowledgedAt: number | null;
    resolvedAt: number | null;
    silenced: boolean;
  }[];
  steps: StepReport[];
  rollback: RollbackReport | null;
  /** Requests and users that gray has served. */
  exposure: {requests: number; users: number | null};
  sides: ReportSides;
  differences: Difference[];
  course: Course;
  timeline: {at: number; by: string; authenticated: string | null; text: string}[];
  feedback: FeedbackReport[] | null;
  /** Share of the time with stored numbers, 0–100. */
  coveredPercent: number;
}

/** Feedback by phase. */
export interface FeedbackReport {
  /** Null if not given. */
  phase: string | null;
  version: string | null;
  count: number;
  /** Mean rating, 1–5; null without ratings. */
  rating: number | null;
  types: Record<string, number>;
}
