/**
 * Plans as the log stores them: normalised, complete, independent of the file they came from. Only `config/`
 * makes one from YAML.
 */

import type {RaiseHours} from './raise-hours.ts';

/** Test of a user's attribute. `like`: texts between the stars of a pattern, each of which stands for any letters; `within` and `atLeastAgo` compare dates, in milliseconds; `version` compares part by part. */
export type AttributeTest =
  | {op: 'in'; values: string[]}
  | {op: 'like'; parts: string[]}
  | {op: '<' | '<=' | '>' | '>=' | '=' | '!='; value: number}
  | {op: '<' | '<=' | '>' | '>=' | '=' | '!='; version: string}
  | {op: 'within' | 'atLeastAgo'; ms: number};

/** A rule about users. `all: []` matches everyone, `any: []` matches no user. */
export type Rule =
  | {all: Rule[]}
  | {any: Rule[]}
  | {not: Rule}
  | {attribute: string; test: AttributeTest}
  /** A group of the plan, by name. */
  | {group: string}
  /** A predicate that the application registers under this name. */
  | {custom: string};

export type Operator = '<' | '<=' | '>' | '>=';
export type Unit = 'percent' | 'ms' | 'per-second' | 'points' | 'count';

/** A parsed condition: `METRIC [improvement] OP (VALUE [UNIT] | Nx prod) [over D] [min N requests]`. */
export interface Condition {
  /** The source text, for people. */
  text: string;
  metric: string;
  /** Compares gray with prod in the good direction, in percentage points, instead of gray alone. */
  improvement: boolean;
  op: Operator;
  /** An absolute limit in the metric's unit, or a multiple of prod. */
  threshold: {value: number; unit: Unit} | {timesProd: number};
  overMs: number;
  /** Fewest gray requests in the window for a judgement. */
  minRequests: number;
  /**
   * What must hold before the release may go up. Absent: a one-sided bound of 90 % over the phase.
   * `requests`: `minRequests` in the window and the value itself, if the plan says `min N requests`.
   */
  proof?: 'requests';
}

export interface Criterion {
  condition: Condition;
  /** Shown, but decides nothing. */
  dryRun: boolean;
}

export const ALERT_LEVELS = ['info', 'warning', 'critical'] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

export interface Guardrail {
  when: Condition;
  /** How long the condition must hold without a break, milliseconds. */
  forMs: number;
  then: 'rollback' | 'pause' | 'alert' | 'advance';
  level: AlertLevel;
  /** `ignore`: while it cannot be judged, the release may go up. Absent: it holds the release. */
  whenUnknown?: 'ignore';
  /** Name of the preset that it came from. */
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
  /** Least time in the phase, milliseconds; null if the phase lasts until a person says `next`. */
  durationMs: number | null;
  /** The users that may get gray; null for everyone. */
  audience: Rule | null;
  include: Include;
  criteria: Criterion[];
  /** Entry gate: every criterion of earlier phases held when its phase was left. */
  needsEarlierCriteria: boolean;
  /** Only a person leaves this phase. */
  manual: boolean;
  whenStale: WhenStale | null;
  /** Runs before the phase is entered. While it fails, the phase is not entered. Absent: none. */
  before?: Hook;
  /** Runs when this phase is left, before the next one is entered. */
  after?: Hook;
  /** A gate that runs again and again before this phase is left, until it exits with 0. */
  confirm?: PhaseGate;
  /** Raises into this phase and within it need two people; absent: one. */
  approval?: 2;
}

/** The steps that a hook can do, in the order of a release's life. */
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
  /** Command that checks whether the step is done already: exit code 0 means yes. */
  check: string[] | null;
}

/** A program that is asked until it ends with 0. */
export interface PhaseGate extends Hook {
  /** After this time an alert says that it is closed, milliseconds; absent: 30 minutes. */
  remindMs?: number;
  /** After this time the release is paused, milliseconds; absent: never. */
  deadlineMs?: number;
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
  /** Feature that the plan names; null if it names none. */
  feature: string | null;
  phases: Phase[];
  /**
   * Steps of the ramp that the phases were made from. `equal`: what happens while gray is neither worse nor
   * shown to be better. Absent means `advance`.
   */
  ramp: {stepPercent: number; everyMs: number; equal?: RampEqual} | null;
  groups: Record<string, Rule>;
  guardrails: Guardrail[];
  evidence: Evidence | null;
  complete: 'auto' | 'manual';
  whenStale: WhenStale;
  hooks: Partial<Record<HookName, Hook>>;
  /** Time after completion in which a rollback is possible, milliseconds. */
  rollbackWindowMs: number;
  /** Names of headers and cookies that force a side: `true` means gray, `false` means prod. */
  forced: {headers: string[]; cookies: string[]};
  /** Attribute that is hashed in place of the id, so that all users with the same value are on one side; absent: the id. */
  bucketBy?: string;
  /** Text that is hashed before it; absent: the feature. Releases with the same one put a user in the same place. */
  salt?: string;
  checklist: string[];
  contacts: Record<string, string>;
  /** Hours in which a guard may raise: those of the plan and those of the project, all of which must be open. */
  raise?: RaiseHours[];
  /** Every raise needs two different people; absent: one. */
  approval?: 2;
}
