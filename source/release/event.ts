import type {DeliveryOutcome, StepOutcome} from './command.ts';
import type {AlertLevel, Plan} from './plan.ts';
import type {PauseCause, Reason, Step, Verdict} from './state.ts';

/** Facts, in the past tense. Who, when and why stand in the commit that carries them. */
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
  /** Hooks come before the next phase; `to` beyond the last one is promotion. */
  | {
      type: 'phase-opening';
      release: string;
      to: number;
      left: {phase: number; criteria: {text: string; outcome: string}[]};
      wantedBy: 'person' | 'guard';
      steps: Step[];
    }
  | {type: 'percent-set'; release: string; percent: number; from: number}
  /** `because`: what the guard found; absent when a person or a failed step paused it, and in older logs. */
  | {type: 'release-paused'; release: string; reason: string | null; because?: PauseCause[]}
  | {type: 'release-resumed'; release: string}
  | {type: 'promotion-started'; release: string; steps: Step[]}
  | {type: 'release-completed'; release: string}
  | {type: 'release-failed'; release: string; step: string; error: string | null}
  | {type: 'rollback-started'; release: string; fromPercent: number; reason: string | null; steps: Step[]}
  | {type: 'release-rolled-back'; release: string}
  /** A release this log knows nothing of (its head was lost) was taken back all the same: routers must never serve it. */
  | {type: 'release-banned'; release: string}
  | {type: 'start-queued'; release: string; after: string; version: string; over: string | null; plan: Plan}
  | {type: 'queued-start-cancelled'; release: string; after: string}
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
  /** `cause`: what the message says, in a code and numbers; absent of what people raise, and in older logs. */
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
  /** Nobody has acknowledged it for long. */
  | {type: 'alert-escalated'; ignorable: true; alert: string}
  | {type: 'alerts-silenced'; silence: string; match: string; until: number; reason: string | null}
  /** Intent: channels are being told, each until its deadline, or will be at `again`. */
  | {
      type: 'delivery-begun';
      ignorable: true;
      dispatch: string;
      channels: {channel: string; deadline: number | null; again: number | null}[];
    }
  /** Outcome: `again` is tried once more at that time. `unsure`: it may have got through all the same. */
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
  /** `since`: up to when it had counted; at the commit's time where it is not said. */
  | {type: 'clock-held'; release: string; why: string; since?: number}
  | {type: 'clock-ran'; release: string};

export type EventType = Event['type'];

/** An event of a newer Graydeck. `ignorable` ones are kept and shown; others turn this one read-only. */
export interface UnknownEvent {
  type: string;
  ignorable?: boolean;
}

/** What `evolve` needs beside the event: who and when, from the commit. */
export interface Happened {
  at: number;
  by: string;
}
