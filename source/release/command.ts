import type {AlertLevel, Plan} from './plan.ts';
import type {PauseCause, Reason, Verdict} from './state.ts';

/** Who does something, and by what right. */
export interface Actor {
  /** `liu on laptop`, `guard on ops-1`. */
  name: string;
  kind: 'person' | 'guard';
  /** A guard's epoch: its commands are refused once another guard has taken over. */
  epoch?: number;
}

/** What every command carries. Time and ids come from outside: replay gives the same state byte for byte. */
export interface Stamp {
  by: Actor;
  /** The store's clock, milliseconds since 1970. */
  at: number;
  /** Why, in the words of the one who does it. */
  reason?: string;
}

/** What came of telling a channel: it has it, it will not have it, or it is told again. */
export type DeliveryOutcome = 'done' | 'failed' | 'again';

export type StepOutcome = 'done' | 'failed' | 'skipped';

/** Something a person or guard wants. `release` names the attempt that is meant: never the next one by accident. */
export type Intent =
  | {type: 'start'; release: string; version: string; over?: string; plan: Plan; supersede?: boolean}
  /** `from` is the percentage the actor saw; when it has moved on meanwhile, the command is refused. */
  | {type: 'set'; release: string; percent: number; from?: number}
  /** `from` is the index of the phase the actor saw. */
  | {type: 'next'; release: string; from: number; criteria?: {text: string; outcome: string}[]}
  /** `because`: what the judge found. Only a guard says it; of a person's command it is dropped. */
  | {type: 'pause'; release: string; because?: PauseCause[]}
  | {type: 'resume'; release: string}
  | {type: 'retry'; release: string; step?: string}
  /**
   * `isLatched`: a host keeps everybody at prod until the log names the release. Where it is long over, so that there is
   * nothing to take back, it is named all the same: or the latch would hold for ever, for every later release.
   */
  | {type: 'rollback'; release: string; isLatched?: boolean}
  | {type: 'complete'; release: string}
  | {type: 'include'; release: string; user: string}
  | {type: 'deny'; release: string; user: string}
  | {type: 'remove'; release: string; user: string}
  /** `cause`: what the message says, in a code and numbers, so that it can be said in any language. */
  | {type: 'alert'; alert: string; level: AlertLevel; message: string; key?: string; cause?: Reason}
  | {type: 'acknowledge'; alert: string}
  | {type: 'resolve'; alert: string}
  | {type: 'silence'; silence: string; match: string; forMs: number}
  /** Tells again of a critical alert that nobody has acknowledged for so long. */
  | {type: 'escalate'; alert: string; afterMs: number}
  /**
   * Journal of what people are told: by which channels, each with the time the try may take. `afterMs`: not now, but after
   * that time. Channels that have begun already are named again to try once more.
   */
  | {
      type: 'begin-delivery';
      dispatch: string;
      channels: {channel: string; deadlineMs: number; afterMs: number}[];
    }
  /** `unsure`: it may have got through although it looks as if it had failed. */
  | {
      type: 'end-delivery';
      dispatch: string;
      channel: string;
      outcome: DeliveryOutcome;
      error?: string;
      afterMs?: number;
      unsure?: boolean;
    }
  /** `from` is the epoch the guard saw (0: nobody's) when it got the lease: refused once another has taken the guard. */
  | {type: 'take-guard'; from?: number}
  | {type: 'leave-guard'}
  | ({type: 'verdict'; release: string} & Omit<Verdict, 'at'>)
  /**
   * Stop or continue the phase clock (no data, applied differs from set). `since`: it counts only up to this moment of the
   * store's clock, when what it needs was last seen; now unless given.
   */
  | {type: 'hold-clock'; release: string; why: string; since?: number}
  | {type: 'run-clock'; release: string}
  /** Journal of effects: what will be done and until when, and what came of it. */
  | {type: 'begin-step'; release: string; step: string; deadlineMs: number}
  /** Whoever runs a step has stopped it without an outcome: the next one need not wait for its deadline. */
  | {type: 'leave-step'; release: string; step: string}
  | {
      type: 'end-step';
      release: string;
      step: string;
      outcome: StepOutcome;
      error?: string;
      facts?: Record<string, number>;
    };

export type VerdictAction = 'advance' | 'hold' | 'pause' | 'rollback';

export type Command = Intent & Stamp;
export type CommandType = Intent['type'];
