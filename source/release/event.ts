import type {Approver, Wish} from './approval.ts';
import type {Cause} from './cause.ts';
import type {DeliveryOutcome, StepOutcome} from './command.ts';
import type {AlertLevel, Plan} from './plan.ts';
import type {PauseCause, Reason, Step, Verdict} from './state.ts';

/** Facts, in the past tense. Who, when and why stand in the commit that holds them. */
export type Event =
  | {
      type: 'release-started';
      release: string;
      version: string;
      over: string | null;
      plan: Plan;
      steps: Step[];
    }
  | {
      type: 'phase-entered';
      release: string;
      phase: number;
      percent: number;
      left?: {phase: number; criteria: {text: string; outcome: string}[]};
    }
  /**
   * Hooks run before the next phase is entered. `to` is the index of that phase; the number of phases means
   * promotion.
   */
  | {
      type: 'phase-opening';
      release: string;
      to: number;
      left: {phase: number; criteria: {text: string; outcome: string}[]};
      wantedBy: 'person' | 'guard';
      steps: Step[];
    }
  | {type: 'percent-set'; release: string; percent: number; from: number}
  /**
   * `because`: the guard's findings. Absent if a person or a failed step paused the release, and in older
   * logs.
   */
  | {type: 'release-paused'; release: string; reason: string | null; because?: PauseCause[]}
  | {type: 'release-resumed'; release: string}
  | {type: 'promotion-started'; release: string; steps: Step[]}
  | {type: 'release-completed'; release: string}
  | {type: 'release-failed'; release: string; step: string; error: string | null}
  | {
      type: 'rollback-started';
      release: string;
      fromPercent: number;
      reason: string | null;
      steps: Step[];
      cause?: Cause;
    }
  | {type: 'release-rolled-back'; release: string}
  /**
   * A rollback of a release that this log does not know, because the log lost its beginning. Routers must
   * never serve it.
   */
  | {type: 'release-banned'; release: string}
  | {type: 'start-queued'; release: string; after: string; version: string; over: string | null; plan: Plan}
  | {type: 'queued-start-cancelled'; release: string; after: string}
  /** `why`: a person, or the first phase of a plan that wants two people, or of a store that is frozen. */
  | {type: 'release-disabled'; release: string; why: 'person' | 'approval' | 'frozen'; reason: string | null}
  | {type: 'release-enabled'; release: string}
  | {
      type: 'approval-asked';
      release: string;
      number: number;
      wish: Wish;
      wantedBy: 'person' | 'guard';
      reason: string | null;
      approvers: Approver[];
    }
  | ({type: 'approval-given'; release: string; number: number} & Approver)
  /** The last words of a gate that has not opened. */
  | {type: 'gate-closed'; ignorable: true; release: string; step: string; words: string}
  /** A person answers for an event that the reader before did not know. Newer versions know it, and ignore this. */
  | {type: 'unknown-accepted'; ignorable: true; event: string}
  | {type: 'user-included'; release: string; user: string}
  | {type: 'user-denied'; release: string; user: string}
  | {type: 'user-removed'; release: string; user: string}
  | {type: 'step-started'; release: string; step: string; deadline: number}
  | {
      type: 'step-ended';
      release: string;
      step: string;
      outcome: StepOutcome;
      error: string | null;
      facts: Record<string, number>;
    }
  | {type: 'step-retried'; release: string; step: string}
  /** `cause`: code and numbers of the message. Absent in alerts of people, and in older logs. */
  | {
      type: 'alert-raised';
      alert: string;
      level: AlertLevel;
      message: string;
      key: string;
      silenced: boolean;
      cause?: Reason;
    }
  | {type: 'alert-repeated'; alert: string}
  | {type: 'alert-acknowledged'; alert: string}
  | {type: 'alert-resolved'; alert: string}
  /** No person has acknowledged the alert in time. */
  | {type: 'alert-escalated'; ignorable: true; alert: string}
  | {type: 'alerts-silenced'; silence: string; match: string; until: number; reason: string | null}
  /** Tries have begun on these channels until `deadline`, or begin at `again`. */
  | {
      type: 'delivery-begun';
      ignorable: true;
      dispatch: string;
      channels: {channel: string; deadline: number | null; again: number | null}[];
    }
  /**
   * Outcome of a try. `again`: the next try is due then. `unsure`: the message may have arrived all the same.
   */
  | {
      type: 'delivery-ended';
      ignorable: true;
      dispatch: string;
      channel: string;
      outcome: DeliveryOutcome;
      error: string | null;
      again: number | null;
      unsure: boolean;
    }
  | {type: 'guard-taken'; epoch: number}
  | {type: 'guard-left'; epoch: number}
  | ({type: 'verdict-changed'; release: string} & Omit<Verdict, 'at'>)
  /** `since`: the clock counts up to this moment; absent, up to the commit's time. */
  | {type: 'clock-held'; release: string; why: string; since?: number}
  | {type: 'clock-ran'; release: string};

export type EventType = Event['type'];

/**
 * An event of a newer Graydeck. If it is `ignorable`, it is kept and shown; otherwise this version becomes
 * read-only except for rollback.
 */
export interface UnknownEvent {
  type: string;
  ignorable?: boolean;
}

/** When and by whom, from the commit of an event. */
export interface Happened {
  at: number;
  by: string;
  /** The user that the store or the token knows; absent or null in older logs. */
  authenticated?: string | null;
  /** The commit itself; absent in tests that have none. */
  head?: {version: number; id: string};
}
