import type {Freeze} from './freeze.ts';
import type {AlertLevel, Plan} from './plan.ts';
import type {PauseCause, Reason, Verdict} from './state.ts';

/** The user that the store or a token knows. A typed name cannot change it. */
export interface Identity {
  /** For example `redis:alice`, `os:liu` or `token:ci`. */
  name: string;
  /** Why several people may act under this name, in words; null if nothing says so. */
  shared: string | null;
}

/** Who issues a command, and with which rights. */
export interface Actor {
  /** For example `liu on laptop` or `guard on ops-1`. */
  name: string;
  kind: 'person' | 'guard';
  /** Epoch of a guard. Its commands are refused once another guard has taken over. */
  epoch?: number;
  /** Absent: the controller takes the user of its store. */
  identity?: Identity;
}

/** Fields of every command. Time and ids come from outside, so replay gives the same state byte for byte. */
export interface Stamp {
  by: Actor;
  /** The store's clock, milliseconds since 1970. */
  at: number;
  /** The actor's reason, as typed. */
  reason?: string;
  /** The freeze of the store, read for commands that may raise; absent or null: there is none. */
  freeze?: Freeze | null;
}

/** Outcome of a notification on one channel: delivered, refused for good, or to be tried again. */
export const DELIVERY_OUTCOMES = ['done', 'failed', 'again'] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

export const STEP_OUTCOMES = ['done', 'failed', 'skipped'] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

/**
 * What a person or a guard wants. `release` names the release that is meant, so that a command never hits the
 * next one.
 */
export type Intent =
  | {type: 'start'; release: string; version: string; over?: string; plan: Plan; supersede?: boolean}
  /** `from`: the percent that the actor saw. If the percent has changed, the command is refused. */
  | {type: 'set'; release: string; percent: number; from?: number}
  /** `from`: the index of the phase that the actor saw. */
  | {type: 'next'; release: string; from: number; criteria?: {text: string; outcome: string}[]}
  /** `because`: the findings of the judge. Only a guard sends them; those of a person are dropped. */
  | {type: 'pause'; release: string; because?: PauseCause[]}
  | {type: 'resume'; release: string}
  | {type: 'retry'; release: string; step?: string}
  /**
   * `isLatched`: an offline rollback holds every user of a host at prod until the log names the release. The
   * log then names it even if the release ended long ago, because otherwise the latch would hold for every
   * later release. `seen`: the verdict that the actor saw. It is the cause if no guard has written one.
   */
  | {
      type: 'rollback';
      release: string;
      isLatched?: boolean;
      seen?: Pick<Verdict, 'reasons' | 'onset' | 'footing'>;
    }
  | {type: 'complete'; release: string}
  /** Prod for everyone without ending the release, and back. */
  | {type: 'disable'; release: string}
  | {type: 'enable'; release: string}
  /** A person's yes to the raise that waits for two. `number`: the wish that the actor saw. */
  | {type: 'approve'; release: string; number?: number}
  /** The last words of a gate that has not opened. `alert`: the id of an alert, should one be due. */
  | {type: 'tell-gate'; release: string; step: string; words: string; alert: string}
  /** A person answers for an event that this version does not know: it is passed over. */
  | {type: 'accept-unknown'; event: string}
  | {type: 'include'; release: string; user: string}
  | {type: 'deny'; release: string; user: string}
  | {type: 'remove'; release: string; user: string}
  /** `cause`: code and numbers of the message, so that it can be shown in any language. */
  | {type: 'alert'; alert: string; level: AlertLevel; message: string; key?: string; cause?: Reason}
  | {type: 'acknowledge'; alert: string}
  | {type: 'resolve'; alert: string}
  | {type: 'silence'; silence: string; match: string; forMs: number}
  /** Escalates a critical alert that no person has acknowledged within `afterMs`. */
  | {type: 'escalate'; alert: string; afterMs: number}
  /**
   * Begins a notification on some channels, each with the most time that a try may take. `afterMs`: the try
   * begins only after this time. A channel that has begun before is named again for another try.
   */
  | {
      type: 'begin-delivery';
      dispatch: string;
      channels: {channel: string; deadlineMs: number; afterMs: number}[];
    }
  /** `unsure`: the message may have arrived although the try looks failed. */
  | {
      type: 'end-delivery';
      dispatch: string;
      channel: string;
      outcome: DeliveryOutcome;
      error?: string;
      afterMs?: number;
      unsure?: boolean;
    }
  /**
   * `from`: the epoch that the guard saw when it got the lease, 0 for none. If another guard has taken over
   * since, the command is refused.
   */
  | {type: 'take-guard'; from?: number}
  | {type: 'leave-guard'}
  | ({type: 'verdict'; release: string} & Omit<Verdict, 'at'>)
  /**
   * Stops or continues the phase clock (no data, or applied differs from set). `since`: the clock counts only
   * up to this moment of the store's clock, when data were last seen. Default: now.
   */
  | {type: 'hold-clock'; release: string; why: string; since?: number}
  | {type: 'run-clock'; release: string}
  /** Begins a step, with the time until which its runner counts as alive. */
  | {type: 'begin-step'; release: string; step: string; deadlineMs: number}
  /** The runner has stopped a step without an outcome. The next runner need not wait for the deadline. */
  | {type: 'leave-step'; release: string; step: string}
  | {
      type: 'end-step';
      release: string;
      step: string;
      outcome: StepOutcome;
      error?: string;
      facts?: Record<string, number>;
    };

export const VERDICT_ACTIONS = ['advance', 'hold', 'pause', 'rollback'] as const;
export type VerdictAction = (typeof VERDICT_ACTIONS)[number];

export type Command = Intent & Stamp;
export type CommandType = Intent['type'];
