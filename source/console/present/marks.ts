import type {ReleaseState} from '../../release/state.ts';
import type {Tone} from './line.ts';

/** Mark and tone of a release's state; the word comes from the catalogue. Every state has a mark of its own. */
export interface Mark {
  mark: string;
  tone: Tone;
}

export const STATE_MARKS: Readonly<Record<ReleaseState | 'idle', Mark>> = {
  idle: {mark: '○', tone: 'strong'},
  deploying: {mark: '◌', tone: 'strong'},
  rolling: {mark: '●', tone: 'strong'},
  paused: {mark: '‖', tone: 'caution'},
  promoting: {mark: '▲', tone: 'strong'},
  rolling_back: {mark: '◀', tone: 'caution'},
  completed: {mark: '✔', tone: 'relief'},
  rolled_back: {mark: '✔', tone: 'relief'},
  failed: {mark: '✖', tone: 'alarm'},
};

export const LEVEL_MARKS = {
  info: {mark: '●', tone: 'plain'},
  warning: {mark: '▲', tone: 'warn'},
  critical: {mark: '✖', tone: 'bad'},
} as const satisfies Record<string, Mark>;

export const STANDING_MARKS = {
  both: {mark: '▲', tone: 'warn'},
  worse: {mark: '✖', tone: 'bad'},
  doubtful: {mark: '▲', tone: 'warn'},
  same: {mark: '✔', tone: 'quiet'},
  better: {mark: '✔', tone: 'good'},
  few: {mark: '…', tone: 'quiet'},
  none: {mark: ' ', tone: 'quiet'},
} as const satisfies Record<string, Mark>;

export const STEP_MARKS = {
  pending: {mark: '·', tone: 'quiet'},
  running: {mark: '◌', tone: 'strong'},
  done: {mark: '✔', tone: 'good'},
  failed: {mark: '✖', tone: 'bad'},
  skipped: {mark: '–', tone: 'quiet'},
} as const satisfies Record<string, Mark>;

export const VERDICT_MARKS = {
  advance: {mark: '✔', tone: 'good'},
  hold: {mark: '…', tone: 'plain'},
  pause: {mark: '▲', tone: 'warn'},
  rollback: {mark: '✖', tone: 'bad'},
} as const satisfies Record<string, Mark>;
