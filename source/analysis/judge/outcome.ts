import type {Operator, Unit} from '../../release/plan.ts';

/** What a condition was judged on. Unknown numbers are null, never 0. */
export interface JudgedCondition {
  /** The condition as it was written. */
  text: string;
  metric: string;
  /** Whether values are points of improvement of gray on prod. */
  improvement: boolean;
  op: Operator;
  /** Of `value`, `prod` and `threshold`. */
  unit: Unit;
  /** Gray's value, or the improvement in points. */
  value: number | null;
  prod: number | null;
  /** The limit in the unit of the value: `1.5x prod` is worked out. Null where prod is unknown. */
  threshold: number | null;
  /** How many times prod the limit is; null where it is absolute. */
  timesProd: number | null;
  /** Requests, or for a distribution values, that gray's value is made of; null where it is made of neither. */
  samples: number | null;
  /** The same of prod's value. */
  prodSamples: number | null;
  /** What was looked at, in seconds: less than the condition asks for soon after the split changed. */
  windowSeconds: number;
  /** `samples`, `prometheus`, … */
  source: string;
  /** Age of gray's newest data at the look, milliseconds; null without any. */
  ageMs: number | null;
  /**
   * By what a condition that lets a release go up holds: a bound over the phase, the plan's `min N requests`, or the value
   * alone, of a number without samples. Absent where nothing goes up by it.
   */
  proof?: 'bound' | 'requests' | 'value';
  /** Where the value lies at worst, in its unit, with a certainty of 90 % over the phase; null or absent: not known. */
  bound?: number | null;
}

/**
 * `few-*`: below the least number of requests. `prod-zero`: a multiple of nothing cannot be told. `not-shown`: the value is on
 * the right side, its bound is not. `within-chance`: the value is beyond the limit, and chance alone may have put it there.
 */
export type WhyUndecided = 'few-requests' | 'few-prod-requests' | 'prod-zero' | 'not-shown' | 'within-chance';

/** Each its own state; none of them is good news, none rolls back by itself. */
export type WhyUnmeasured = 'no-data' | 'no-prod' | 'stale' | 'not-a-number' | 'many-series' | 'away';

/** Why there is no prod to compare with: all users have gray, or none has it by percentage. */
export type WhyNotApplicable = 'everybody-gray' | 'nobody-eligible';

/** What came of a condition at one look. */
export type Outcome =
  | (JudgedCondition & {kind: 'holds' | 'fails'})
  | (JudgedCondition & {
      kind: 'undecided';
      why: WhyUndecided;
      /** How many samples there are, of how many it takes; null: that is not known. */
      have: number;
      need: number | null;
      /** When it will have them at this traffic, milliseconds from now; null: never, or that is not known. */
      forecastMs: number | null;
    })
  | (JudgedCondition & {kind: 'cannot-measure'; why: WhyUnmeasured})
  | (JudgedCondition & {kind: 'not-applicable'; why: WhyNotApplicable});

export type OutcomeKind = Outcome['kind'];

/** Whether a condition may be counted on: it holds, or does not ask for anything here. */
export function isMet({kind}: Outcome): boolean {
  return kind === 'holds' || kind === 'not-applicable';
}
