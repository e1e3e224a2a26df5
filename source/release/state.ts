import type {Approval} from './approval.ts';
import type {Cause} from './cause.ts';
import type {StepOutcome, VerdictAction} from './command.ts';
import type {Dispatch} from './dispatch.ts';
import type {AlertLevel, Plan} from './plan.ts';

/** All states of a release, in the order of its life. */
export const RELEASE_STATES = [
  'deploying',
  'rolling',
  'paused',
  'promoting',
  'rolling_back',
  'completed',
  'rolled_back',
  'failed',
] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** Runs of steps in the life of a release. */
export type RunName = 'deploy' | 'phase' | 'promotion' | 'rollback';

export type StepName =
  | 'backup'
  | 'deploy'
  /** Moves all users to the side that the run needs; the routers confirm it. */
  | 'traffic'
  | 'promote'
  | 'verify'
  | 'traffic-to-prod'
  | 'cleanup'
  | 'demote'
  | 'stop'
  | 'restore'
  | 'notify'
  | 'snapshot'
  /** Hooks of phases. */
  | 'before'
  | 'after'
  | 'confirm';

/** One effect outside of the log: intent, deadline, outcome. Steps run in order, at least once. */
export interface Step {
  /** For example `rollback.stop`. Unique within the release. */
  id: string;
  run: RunName;
  name: StepName;
  state: 'pending' | 'running' | StepOutcome;
  attempts: number;
  startedAt: number | null;
  /** Until when the runner counts as alive, milliseconds since 1970. */
  deadline: number | null;
  endedAt: number | null;
  by: string | null;
  error: string | null;
  /** Numbers to keep: routers confirmed, requests that reached gray after the rollback key. */
  facts: Record<string, number>;
  /** Of a gate: what it said when it did not open. */
  words?: string;
}

export interface Reason {
  code: string;
  metric: string | null;
  value: number | null;
  threshold: number | null;
  samples: number | null;
  windowSeconds: number | null;
  text: string;
  /** People on gray that the value is about; absent if requests were judged. */
  people?: number;
}

/** What evidence may rest on. */
export const FOOTINGS = ['people', 'requests', 'history'] as const;

export interface Verdict {
  action: VerdictAction;
  reasons: Reason[];
  at: number;
  /**
   * Second at which a regression most probably began, milliseconds since 1970; null or absent if evidence
   * names none.
   */
  onset?: number | null;
  /** What the evidence rests on; null or absent if no evidence is gathered. */
  footing?: (typeof FOOTINGS)[number] | null;
}

/**
 * A finding of the judge that paused a release. `key`: the guardrail's key in the judge's memory. `metric`:
 * the metric that evidence decided on; null if evidence named none.
 */
export type PauseCause = {kind: 'evidence'; metric: string | null} | {kind: 'guardrail'; key: string};

/** A person's resume of a release that the guard had paused. */
export interface Overruling {
  /** Counts from 1 within the release, so that a judge applies each one once. */
  number: number;
  /** The store's clock, milliseconds since 1970. */
  at: number;
  because: PauseCause[];
}

/** Time that a phase has run. Only time in state `rolling` with data and applied = set counts. */
export interface PhaseClock {
  ranMs: number;
  /** Since when it runs, milliseconds since 1970; null while it is stopped. */
  since: number | null;
  /** Why it is stopped while rolling; null if it is not. */
  held: string | null;
}

/** A start that waits until the release before it has been rolled back. */
export interface QueuedStart {
  release: string;
  version: string;
  over: string | null;
  plan: Plan;
  by: string;
  /** The authenticated user behind `by`; null in older logs. */
  authenticated: string | null;
}

/** A phase that is entered once its hooks have ended. */
export interface Opening {
  /** Index of `plan.phases`; their number means promotion. */
  to: number;
  left: {phase: number; criteria: {text: string; outcome: string}[]};
  /** Ids of the steps of this move. Steps of an earlier try no longer run. */
  steps: string[];
  /** Who wanted the move. A guard's move happens only while its verdict still says so. */
  wantedBy: 'person' | 'guard';
  /** When the move was wanted, milliseconds since 1970. */
  since: number;
}

export interface Release {
  id: string;
  version: string;
  /** The version that prod serves meanwhile; null if unknown. */
  over: string | null;
  state: ReleaseState;
  plan: Plan;
  /** Index of `plan.phases`; -1 before the first. */
  phase: number;
  phaseEnteredAt: number | null;
  clock: PhaseClock;
  /** Set percent, 0–100. */
  percent: number;
  /** When the split last changed, milliseconds since 1970. Windows begin there. */
  splitChangedAt: number;
  include: string[];
  deny: string[];
  startedAt: number;
  startedBy: string;
  /** The authenticated user behind `startedBy`; null in older logs. */
  startedAs: string | null;
  endedAt: number | null;
  pausedReason: string | null;
  /** Findings of the guard that paused the release. Empty after a pause by a person or a failed step. */
  pausedBecause: PauseCause[];
  /** Newest last, bounded. The judge must not pause for these findings again. */
  overruled: Overruling[];
  steps: Step[];
  /** Results of the criteria of each phase left, and the percent that its audience keeps. */
  left: {phase: number; at: number; percent: number; criteria: {text: string; outcome: string}[]}[];
  /** Null if no phase is about to be entered. */
  opening: Opening | null;
  /** True once the promote hook has begun, because prod may have changed. */
  prodChanged: boolean;
  rollback: {
    at: number;
    by: string;
    authenticated: string | null;
    reason: string | null;
    fromPercent: number;
    /** Null or absent if nothing that was measured spoke against gray, and in older logs. */
    cause?: Cause | null;
  } | null;
  next: QueuedStart | null;
  /** Null: users get gray as the percent says. Else prod for everyone, and the release waits. */
  disabled: {
    at: number;
    by: string;
    authenticated: string | null;
    why: 'person' | 'approval' | 'frozen';
    reason: string | null;
  } | null;
  /** The raise that waits for a second person; null if none does. */
  approval: Approval | null;
  /** Number of raises that have waited so far. */
  approvals: number;
  /** The guard's verdict on this split; null since the split last changed. */
  verdict: Verdict | null;
}

export interface Alert {
  id: string;
  level: AlertLevel;
  message: string;
  /** Alerts with the same key are one alert. */
  key: string;
  /** Code and numbers of the message. Absent in alerts of people, and in older logs. */
  cause?: Reason;
  raisedAt: number;
  raisedBy: string;
  /** How often it was raised again while open. */
  repeats: number;
  acknowledgedBy: string | null;
  /** The authenticated user behind `acknowledgedBy`; null in older logs. */
  acknowledgedAs: string | null;
  acknowledgedAt: number | null;
  resolvedAt: number | null;
  silenced: boolean;
  /** How often it reopened soon after its end, and when last; null for never. */
  reopenings: number;
  reopenedAt: number | null;
  /** How often it was escalated, and when last; null for never. */
  escalations: number;
  escalatedAt: number | null;
}

export interface Silence {
  id: string;
  match: string;
  until: number;
  by: string;
  reason: string | null;
}

/** A release that was followed by a newer one. */
export interface PastRelease {
  id: string;
  version: string;
  state: ReleaseState;
  startedAt: number;
  endedAt: number | null;
}

/** State of a feature, folded from its log. */
export interface State {
  feature: string;
  release: Release | null;
  past: PastRelease[];
  /** Version of the last completed release. */
  prodVersion: string | null;
  /** Newest last, bounded. See `Split.rolledBack`. */
  rolledBack: string[];
  guard: {epoch: number; name: string; since: number; left: boolean} | null;
  alerts: Alert[];
  silences: Silence[];
  /** Notifications, newest last, bounded. */
  outbox: Dispatch[];
  /** Type of the first event that changes state and that this version does not know. */
  unknownEvent: string | null;
}

export function initialState(feature: string): State {
  return {
    feature,
    release: null,
    past: [],
    prodVersion: null,
    rolledBack: [],
    guard: null,
    alerts: [],
    silences: [],
    outbox: [],
    unknownEvent: null,
  };
}

const LIVE: ReadonlySet<ReleaseState> = new Set(['deploying', 'rolling', 'paused', 'promoting', 'failed']);

/** Whether the release is neither ended nor rolling back. */
export function isLive(release: Release): boolean {
  return LIVE.has(release.state);
}
