import {RELEASE_STATES} from '../../release/state.ts';
import type {FlagName} from './flags.ts';

/** Files under `verbs/`, one a verb. */
export type VerbFile =
  | 'watch'
  | 'demo'
  | 'start'
  | 'set'
  | 'next'
  | 'pause'
  | 'retry'
  | 'rollback'
  | 'complete'
  | 'audience'
  | 'status'
  | 'log'
  | 'log-verify'
  | 'disable'
  | 'approve'
  | 'freeze'
  | 'report'
  | 'wait'
  | 'alert'
  | 'feedback'
  | 'plan'
  | 'schema'
  | 'init'
  | 'judge'
  | 'guard'
  | 'serve'
  | 'share'
  | 'brief'
  | 'agent'
  | 'split-render'
  | 'explain'
  | 'doctor'
  | 'record'
  | 'replay'
  | 'acl'
  | 'completions'
  | 'help';

export interface Argument {
  name: string;
  isOptional?: true;
  choices?: readonly string[];
  isFile?: true;
  /** Further words belong to it, too. */
  isMany?: true;
}

/** A verb as it is typed, as data: parsing, help and completions are made from it. */
export interface Verb {
  /** The words it begins with: `status`, `audience include`. */
  name: string;
  /** One line. */
  summary: string;
  arguments: readonly Argument[];
  /** Beside those that every verb takes. */
  flags: readonly FlagName[];
  /** Whether it changes something: refused under --read-only, and takes --dry-run. */
  changes: boolean;
  /** It goes on until it is stopped, or as long as its input: there is nothing to try first. */
  isLasting?: true;
  examples: readonly string[];
  /** Longer words for its own help. */
  more?: string;
  /** Where it is done. */
  file: VerbFile;
}

export const STATES = ['idle', ...RELEASE_STATES] as const;
