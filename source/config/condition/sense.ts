import type {Condition, Operator} from '../../release/plan.ts';
import type {MetricBook, MetricKind} from './metric-book.ts';
import type {Problem} from '../yaml/mistake.ts';

/** What a condition decides: leaving a phase, or what a guardrail does. */
export type Use = 'criterion' | 'rollback' | 'pause' | 'alert' | 'advance';

/** Problems of a condition that is well written and still cannot be meant; `isMistake` false: worth a warning. */
export interface Doubt {
  problem: Problem;
  isMistake: boolean;
  /** Whether it is the sign that is doubted, not the whole. */
  isAboutSign: boolean;
}

const TURNED: Record<Operator, Operator> = {'<': '>', '<=': '>=', '>': '<', '>=': '<='};

/** Whether the direction fits the use, and whether the condition can both hold and fail. */
export function doubtsOf(condition: Condition, use: Use, book: MetricBook): Doubt[] {
  const kind = book.find(condition.metric);
  if (kind === null) return [];
  const doubt = directionDoubt(condition, use, kind) ?? reachDoubt(condition, use, kind);
  return doubt === null ? [] : [doubt];
}

function directionDoubt(condition: Condition, use: Use, kind: MetricKind): Doubt | null {
  const better = condition.improvement ? 'higher' : kind.better;
  if (better === null) return null;
  const wantsGood = use === 'criterion' || use === 'advance';
  const asksGood = condition.op.startsWith(better === 'lower' ? '<' : '>');
  if (asksGood === wantsGood) return null;
  const what = condition.improvement ? `the improvement of ${kind.name}` : kind.name;
  const turned = condition.text.replace(/[<>≤≥]=?/u, TURNED[condition.op]);
  const message = wantsGood
    ? `${what} is better the ${better} it is: this holds only while gray does badly`
    : `${what} is better the ${better} it is: this would ${IN_WORDS[use]} while gray does well`;
  return {
    problem: {message, allowed: turned, found: condition.op},
    isMistake: use !== 'alert',
    isAboutSign: true,
  };
}

const IN_WORDS: Record<Use, string> = {
  criterion: 'let the phase end',
  advance: 'advance',
  rollback: 'roll back',
  pause: 'pause',
  alert: 'alert',
};

function reachDoubt(condition: Condition, use: Use, kind: MetricKind): Doubt | null {
  const holds = spanOf(condition);
  const possible = possibleSpan(condition, kind);
  const isNever = isEmpty(meet(holds, possible));
  const isAlways = isEmpty(meet(without(condition), possible));
  if (!isNever && !isAlways) return null;
  const wantsGood = use === 'criterion' || use === 'advance';
  const range = kind.atMost === null ? 'it is never below 0' : `it is always between 0 and ${kind.atMost}`;
  const message = isNever
    ? `this can never hold: ${range}${use === 'criterion' ? ', so the phase could never be left' : ''}`
    : `this always holds: ${range}`;
  return {
    problem: {message, allowed: 'a limit that can be on either side of what is measured'},
    isMistake: isNever || (!wantsGood && use !== 'alert'),
    isAboutSign: false,
  };
}

/** The values between two ends. */
interface Span {
  low: number;
  /** Whether `low` itself is in it; the same for `high`. */
  isLowIn: boolean;
  high: number;
  isHighIn: boolean;
}

const ANY: Span = {low: -Infinity, isLowIn: true, high: Infinity, isHighIn: true};

function possibleSpan(condition: Condition, kind: MetricKind): Span {
  if (condition.improvement) return {...ANY, low: -100, high: 100};
  if ('timesProd' in condition.threshold) return {...ANY, low: 0};
  return {...ANY, low: 0, high: kind.atMost ?? Infinity};
}

function limitOf({threshold}: Condition): number {
  return 'timesProd' in threshold ? threshold.timesProd : threshold.value;
}

/** The values with which a condition holds. */
function spanOf(condition: Condition): Span {
  const limit = limitOf(condition);
  const isIn = condition.op.endsWith('=');
  return condition.op.startsWith('<')
    ? {...ANY, high: limit, isHighIn: isIn}
    : {...ANY, low: limit, isLowIn: isIn};
}

/** The values with which it does not hold. */
function without(condition: Condition): Span {
  const limit = limitOf(condition);
  const isIn = !condition.op.endsWith('=');
  return condition.op.startsWith('<')
    ? {...ANY, low: limit, isLowIn: isIn}
    : {...ANY, high: limit, isHighIn: isIn};
}

function meet(a: Span, b: Span): Span {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  return {
    low,
    isLowIn: (a.low < low || a.isLowIn) && (b.low < low || b.isLowIn),
    high,
    isHighIn: (a.high > high || a.isHighIn) && (b.high > high || b.isHighIn),
  };
}

function isEmpty({low, isLowIn, high, isHighIn}: Span): boolean {
  return low > high || (low === high && !(isLowIn && isHighIn));
}

function isComparable(a: Condition, b: Condition): boolean {
  return (
    a.metric === b.metric &&
    a.improvement === b.improvement &&
    a.overMs === b.overMs &&
    'timesProd' in a.threshold === 'timesProd' in b.threshold
  );
}

/** Whether two criteria over one window can never hold together. */
export function contradict(a: Condition, b: Condition): boolean {
  return isComparable(a, b) && isEmpty(meet(spanOf(a), spanOf(b)));
}

/** Whether a criterion holds only where a guardrail's condition holds as well. */
export function isInside(criterion: Condition, guardrail: Condition): boolean {
  return isComparable(criterion, guardrail) && isEmpty(meet(spanOf(criterion), without(guardrail)));
}
