import type {SideNumbers} from '../analysis/numbers.ts';
import type {AlertLevel} from '../release/plan.ts';
import type {StepOutcome, VerdictAction} from '../release/command.ts';
import type {Reason, ReleaseState} from '../release/state.ts';

/** A stretch of a release; `to` is null while it lasts. Milliseconds since 1970. */
export interface Stretch {
  from: number;
  to: number | null;
}

/** Both sides over a stretch, whatever the cohort; null where nothing was kept. */
export interface Sides {
  prod: SideNumbers | null;
  gray: SideNumbers | null;
}

/** One stay in a phase. A phase that was entered twice has two. */
export interface PhaseReport extends Stretch {
  name: string;
  percent: number;
  /** What the plan gave it, milliseconds; null: open. */
  plannedMs: number | null;
  /** Time in which somebody had paused it, milliseconds. */
  pausedMs: number;
  /** Time in which its clock stood for want of data or of routers, milliseconds. */
  heldMs: number;
  /** What its criteria had shown when it was left; empty while it lasts. */
  criteria: {text: string; outcome: string}[];
  sides: Sides;
}

export interface StepReport {
  id: string;
  state: 'pending' | 'running' | StepOutcome;
  startedAt: number | null;
  ms: number | null;
  attempts: number;
  error: string | null;
}

/** How far and how fast everybody was taken back. */
export interface RollbackReport {
  at: number;
  by: string;
  authenticated: string | null;
  reason: string | null;
  fromPercent: number;
  /** From the commit until the last router had confirmed, milliseconds; null: not seen. */
  toProdMs: number | null;
  routers: number | null;
  confirmed: number | null;
  silent: number | null;
  /** Requests that reached gray after the commit; null: not measured. */
  requestsAfter: number | null;
  /** As its snapshot has it; null: none was kept. */
  near: AtRollback | null;
}

/** Both sides in the last 1, 5 and 15 minutes before a rollback, and from it until the snapshot was taken. */
export interface AtRollback {
  takenAt: number;
  before: ({minutes: number} & Sides)[];
  after: {seconds: number} & Sides;
}

/** A metric on both sides over the whole release. */
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
  /** Gray over prod; null where prod is 0. */
  times: number | null;
  /** Which side it speaks for beyond chance; `neither`: it may be chance. */
  better: 'gray' | 'prod' | 'neither';
}

/** Numbers over time for the charts; every list is as long as `at`. */
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

/** All there is to tell of one release: `graydeck.report/1`. Rates in percent, times in milliseconds. */
export interface Report {
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
    /** What the message says, in a code and numbers; absent of what people raised. */
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
  /** Whom gray has served. */
  exposure: {requests: number; users: number | null};
  sides: Sides;
  differences: Difference[];
  course: Course;
  timeline: {at: number; by: string; authenticated: string | null; text: string}[];
  feedback: FeedbackReport[] | null;
  /** Of its time, how much the numbers speak of, percent: the rest was not heard, or nobody kept it. */
  coveredPercent: number;
}

/** What people said, by phase. */
export interface FeedbackReport {
  /** Null: not said. */
  phase: string | null;
  version: string | null;
  count: number;
  /** 1–5; null without ratings. */
  rating: number | null;
  types: Record<string, number>;
}
