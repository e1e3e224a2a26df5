import type {Event} from './event.ts';
import type {ReleaseState} from './state.ts';

/** Codes for machines. The message catalogues hold the sentences. */
export type RefusalCode =
  | 'nothing-live'
  | 'already-live'
  | 'other-release'
  | 'wrong-state'
  | 'moved-on'
  | 'last-phase'
  | 'entry-gate'
  | 'bad-percent'
  | 'bad-input'
  | 'window-over'
  | 'no-failed-step'
  | 'unknown-step'
  | 'unknown-alert'
  | 'unknown-dispatch'
  | 'step-order'
  | 'step-running'
  | 'old-epoch'
  | 'verdict-against'
  | 'not-a-guard'
  | 'needs-person'
  | 'newer-log'
  | 'frozen'
  | 'disabled'
  | 'outside-hours'
  | 'needs-approval'
  | 'needs-actors'
  | 'nothing-asked';

/** Refusal of a command. A value, never an exception. */
export interface Refusal {
  code: RefusalCode;
  /** What stands in the way, in one sentence. */
  message: string;
  /** What would make the command possible. */
  remedy: string;
  /** The facts in the message, for a translation. */
  facts?: RefusalFacts;
}

/** Facts about the release that stand in the way. */
export interface RefusalFacts {
  version?: string;
  state?: ReleaseState;
  /** The percent and the phase that the release has now. */
  percent?: number;
  phase?: {index: number; name: string};
}

/** Why an accepted command writes nothing: the wanted state is reached already. */
export type Notice = 'already-so' | 'already-rolling-back' | 'already-rolled-back';

export type Decision = {ok: true; events: Event[]; notice?: Notice} | {ok: false; refusal: Refusal};

export function refuse(code: RefusalCode, message: string, remedy: string, facts?: RefusalFacts): Decision {
  return {ok: false, refusal: {code, message, remedy, ...(facts === undefined ? {} : {facts})}};
}

export function accept(...events: Event[]): Decision {
  return {ok: true, events};
}

/** Accepts a command that changes nothing. */
export function already(notice: Notice): Decision {
  return {ok: true, events: [], notice};
}
