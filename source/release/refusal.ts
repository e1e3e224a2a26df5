import type {Event} from './event.ts';
import type {ReleaseState} from './state.ts';

/** Short words for machines; the sentences are in the message catalogues. */
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
  | 'newer-log';

/** A command that is not allowed now: a value, never a throw. */
export interface Refusal {
  code: RefusalCode;
  /** What stands in the way, in one sentence. */
  message: string;
  /** What would make it allowed. */
  remedy: string;
  /** What the message says, for whoever speaks another language. */
  facts?: RefusalFacts;
}

/** What stands in the way, as far as it is a fact about the release. */
export interface RefusalFacts {
  version?: string;
  state?: ReleaseState;
  /** The percentage and the phase that it has moved on to. */
  percent?: number;
  phase?: {index: number; name: string};
}

/** Nothing to write, and nothing wrong: what was wanted is already so. */
export type Notice = 'already-so' | 'already-rolling-back' | 'already-rolled-back';

export type Decision = {ok: true; events: Event[]; notice?: Notice} | {ok: false; refusal: Refusal};

export function refuse(code: RefusalCode, message: string, remedy: string, facts?: RefusalFacts): Decision {
  return {ok: false, refusal: {code, message, remedy, ...(facts === undefined ? {} : {facts})}};
}

export function accept(...events: Event[]): Decision {
  return {ok: true, events};
}

/** Nothing to write: it is so already. */
export function already(notice: Notice): Decision {
  return {ok: true, events: [], notice};
}
