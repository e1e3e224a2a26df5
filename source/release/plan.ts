/**
 * A plan as the log keeps it: normalised, complete, independent of the file it came from.
 * `config/` makes one from YAML; nothing else does.
 */

/**
 * What a person's attribute is compared with. `within` and `atLeastAgo` compare dates, in milliseconds; a `version` is
 * compared part by part.
 */
export type AttributeTest =
  | {op: 'in'; values: string[]}
  | {op: '<' | '<=' | '>' | '>=' | '=' | '!='; value: number}
  | {op: '<' | '<=' | '>' | '>=' | '=' | '!='; version: string}
  | {op: 'within' | 'atLeastAgo'; ms: number};

/** A rule about people. `all: []` is everyone, `any: []` nobody. */
export type Rule =
  | {all: Rule[]}
  | {any: Rule[]}
  | {not: Rule}
  | {attribute: string; test: AttributeTest}
  /** A group of the plan, by name. */
  | {group: string}
  /** A predicate that only the application can evaluate, registered there under this name. */
  | {custom: string};

export type Operator = '<' | '<=' | '>' | '>=';
export type Unit = 'percent' | 'ms' | 'per-second' | 'points' | 'count';

/** `METRIC [improvement] OP (VALUE [UNIT] | Nx prod) [over D] [min N requests]`, read. */
export interface Condition {
  /** The text it was read from, for people. */
  text: string;
  metric: string;
  /** Judge prod against gray in the good direction, in percentage points, instead of gray alone. */
  improvement: boolean;
  op: Operator;
  /** An absolute limit in the metric's unit, or a multiple of prod. */
  threshold: {value: number; unit: Unit} | {timesProd: number};
  overMs: number;
  /** Fewest gray requests in the window before it may be judged. */
  minRequests: number;
  /**
   * What lets a release go up by it. Absent: a one-sided bound of 90 % over the phase. `requests`: `minRequests` in the
   * window and the value itself, where the plan says `min N requests`.
   */
  proof?: 'requests';
}

export interface Criterion {
  condition: Condition;
  /** Watched and shown, never decides. */
  dryRun: boolean;
}

export type AlertLevel = 'info' | 'warning' | 'critical';

export interface Guardrail {
  when: Condition;
  /** How long it must hold without a break, in milliseconds. */
  forMs: number;
  then: 'rollback' | 'pause' | 'alert' | 'advance';
  level: AlertLevel;
  /** While it cannot be judged it keeps nothing from going up; absent: it holds the release. */
  whenUnknown?: 'ignore';
  /** The preset it came from, if any. */
  preset?: string;
}

export interface Include {
  users: string[];
  rules: Rule[];
}

export type WhenStale = 'prod' | 'keep';

export type RampEqual = 'advance' | 'hold';

export interface Phase {
  name: string;
  /** 0–100, at most two decimals. */
  percent: number;
  /** Time to stay before the phase may be left, in milliseconds; null: until somebody says `next`. */
  durationMs: number | null;
  /** Who may get gray at all; null: everyone. */
  audience: Rule | null;
  include: Include;
  criteria: Criterion[];
  /** Entry gate: every criterion of earlier phases held when its phase was left. */
  needsEarlierCriteria: boolean;
  /** Leaving this phase waits for a person. */
  manual: boolean;
  whenStale: WhenStale | null;
  /** Run before anybody gets gray by this phase; while it fails nobody does. Absent: nothing is. */
  before?: Hook;
  /** Run when this phase is left, before the next one is entered. */
  after?: Hook;
  /** A gate: asked again and again before this phase is left, until it ends with 0. */
  confirm?: Hook;
}

/** The steps an operator may hang a command on, in the order of a release's life. */
export const HOOK_NAMES = [
  'backup',
  'deploy',
  'stop',
  'restore',
  'promote',
  'verify',
  'demote',
  'cleanup',
] as const;
export type HookName = (typeof HOOK_NAMES)[number];

export interface Hook {
  argv: string[];
  timeoutMs: number;
  /** Asks whether the step is already done: exit code 0 says yes. */
  check: string[] | null;
}

export interface Evidence {
  /** Probability of a false alarm over all metrics and looks, 0–1. */
  falseAlarms: number;
  /** Relative difference that does not matter, 0–1. */
  margin: number;
  then: 'rollback' | 'pause' | 'alert';
}

export interface Plan {
  name: string;
  /** Feature the plan itself names, if it does. */
  feature: string | null;
  phases: Phase[];
  /**
   * The steps of a ramp, when the phases were made from one. `equal` says what happens while gray is neither worse nor shown
   * to be better: `advance`, also where absent, or `hold`.
   */
  ramp: {stepPercent: number; everyMs: number; equal?: RampEqual} | null;
  groups: Record<string, Rule>;
  guardrails: Guardrail[];
  evidence: Evidence | null;
  complete: 'auto' | 'manual';
  whenStale: WhenStale;
  hooks: Partial<Record<HookName, Hook>>;
  /** How long after completion a rollback is still possible, in milliseconds. */
  rollbackWindowMs: number;
  /** Names that force a side; a header or cookie holds `true` (gray) or `false` (prod). */
  forced: {headers: string[]; cookies: string[]};
  checklist: string[];
  contacts: Record<string, string>;
}
