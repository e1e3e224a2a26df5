import type {Reason} from '../../release/state.ts';
import type {EvidenceReading, MetricEvidence} from '../evidence/reading.ts';
import type {Loudest} from '../windows/instances.ts';
import {plainText} from '../../text/plain-text.ts';
import {amount, oddsWords, countWords, timeWords} from '../../text/amounts.ts';
import type {CriterionReading} from './criteria.ts';
import type {RatioReading} from './findings.ts';
import type {GuardrailReading} from './guardrails.ts';
import type {JudgedCondition, Outcome} from './outcome.ts';
import {metricWords, outcomeWords} from './outcome-words.ts';

/** Codes of reasons. Scripts and translations go by them, with the numbers; the text is English. */
export type ReasonCode =
  /** A guardrail was held for its duration. */
  | 'guardrail'
  /** A guardrail holds, not for its duration yet. */
  | 'guardrail_holds'
  /** A person resumed although this guardrail had paused the release. It holds until it was well or the phase changes. */
  | 'guardrail_overruled'
  /** A guardrail that stops cannot be judged: too few requests, or not measurable. */
  | 'guardrail_undecided'
  | 'guardrail_unmeasured'
  /** Prod breaks the same limit: a rollback would not help. */
  | 'both_sides'
  /** Gray is worse beyond chance; `value` and `threshold` are the shares of gray and prod, percent. */
  | 'evidence'
  /** The same of response times: shares of requests slower than a limit that the text names. */
  | 'evidence_slow'
  /** Gray's share of the eligible requests is not what the split asks for; percent. */
  | 'sample_ratio'
  /** Nearly all of gray's requests are those of one instance; `value` is its part, percent. */
  | 'one_instance'
  /** Nothing is heard of gray, or of prod. */
  | 'no_data'
  | 'no_prod_data'
  /** The stream's newest id lies ahead of the store's clock, `value` seconds: what comes may not be counted. */
  | 'samples_ahead'
  /** Routers have not confirmed the percentage. */
  | 'not_applied'
  | 'criterion_fails'
  | 'criterion_undecided'
  | 'criterion_unmeasured'
  /** A criterion of an earlier phase was not seen to hold. */
  | 'entry_gate'
  /** A ramp that goes up only while gray is better: it is not shown to be. */
  | 'equal_sides'
  /** Time still to run; `value` and `threshold` in seconds. */
  | 'phase_time'
  /** Only a person goes on from here. */
  | 'manual_gate'
  /** A program that is asked before the phase is left says no, for `value` seconds. */
  | 'gate_closed'
  /** The raise hours of plan or project are closed. */
  | 'raise_hours'
  | 'open_phase'
  | 'complete_by_hand'
  /** The release is in a state that nothing raises. */
  | 'paused'
  | 'deploying'
  | 'promoting'
  | 'failed'
  | 'over'
  /** The phase has run its time, its criteria hold; or a guardrail lets it go on early. */
  | 'phase_served'
  | 'advance_early';

type Numbers = Partial<
  Pick<Reason, 'metric' | 'value' | 'threshold' | 'samples' | 'windowSeconds' | 'people'>
>;

/** A reason; what is not said is null. */
export function reason(code: ReasonCode, text: string, numbers: Numbers = {}): Reason {
  const {metric = null, value = null, threshold = null, samples = null, windowSeconds = null} = numbers;
  const {people} = numbers;
  const known = {code, metric, value, threshold, samples, windowSeconds, text};
  return people === undefined ? known : {...known, people};
}

function numbersOf({
  metric,
  improvement,
  value,
  threshold,
  samples,
  windowSeconds,
}: JudgedCondition): Numbers {
  return {metric: improvement ? `${metric}_improvement` : metric, value, threshold, samples, windowSeconds};
}

export function guardrailReason(code: ReasonCode, reading: GuardrailReading): Reason {
  const {guardrail, outcome, heldMs} = reading;
  const held =
    guardrail.forMs === 0 || heldMs === null
      ? ''
      : `, held ${timeWords(heldMs)} of ${timeWords(guardrail.forMs)}`;
  const words = outcomeWords(outcome, guardrail.then !== 'advance');
  const overruled =
    code === 'guardrail_overruled' ? '; resumed by a person all the same, not raised until it is well' : '';
  return reason(code, `gray ${words}${held}${overruled}`, numbersOf(outcome));
}

export function bothSidesReason({outcome}: GuardrailReading): Reason {
  const prod = outcome.prod === null ? 'prod' : `prod ${amount(outcome.prod, outcome.unit)}`;
  const words = outcomeWords(outcome, true);
  return reason('both_sides', `both sides are sick: gray ${words}; ${prod}`, numbersOf(outcome));
}

const OF_OUTCOME: Readonly<Record<Outcome['kind'], ReasonCode>> = {
  holds: 'phase_served',
  'not-applicable': 'phase_served',
  fails: 'criterion_fails',
  undecided: 'criterion_undecided',
  'cannot-measure': 'criterion_unmeasured',
};

export function criterionReason({outcome}: CriterionReading): Reason {
  return reason(OF_OUTCOME[outcome.kind], outcomeWords(outcome, false), numbersOf(outcome));
}

/** How sure evidence is: `chance 1 in 12,000 (acts at 1 in 100)`. */
export function chanceWords({logE, peak, limit, decided}: EvidenceReading): string {
  const now = oddsWords(decided ? Math.max(logE, peak) : logE);
  return now === null
    ? `no sign of a regression (acts at ${oddsWords(limit)})`
    : `chance ${now} (acts at ${oddsWords(limit)})`;
}

export function evidenceReason(reading: EvidenceReading): Reason {
  const {worst, metrics} = reading;
  const sure = chanceWords(reading);
  const found = metrics.find(({metric}) => metric === worst);
  if (found === undefined) return reason('evidence', `gray is worse, ${sure}`);
  const {metric, prod, gray, samples, people, seconds, thresholdMs, footing} = found;
  const percent = (share: number | null) => (share === null ? null : share * 100);
  const shown = (share: number | null) => (share === null ? 'unknown' : amount(share * 100, 'percent'));
  const numbers: Numbers = {
    metric,
    value: percent(gray),
    threshold: percent(prod),
    samples: samples.gray,
    windowSeconds: seconds,
    ...(footing === 'people' ? {people: people.gray} : {}),
  };
  const other = footing === 'history' ? "prod's history" : 'prod';
  const hosts = reading.isOneHost ? `; ${ONE_HOST}` : '';
  const since = seconds > 0 ? `, for ${timeWords(seconds * 1000)}` : '';
  if (thresholdMs === undefined) {
    const text = `gray ${metricWords(metric)} ${shown(gray)}, ${other} ${shown(prod)}${since}, ${sure}, ${footingWords(found)}${hosts}`;
    return reason('evidence', text, numbers);
  }
  const limit = amount(thresholdMs, 'ms');
  const text = `${shown(gray)} of gray's requests take longer than ${limit}, ${other} ${shown(prod)}${since}, ${sure}, ${footingWords(found)}${hosts}`;
  return reason('evidence_slow', text, numbers);
}

/** Why a release is paused at most. */
const ONE_HOST = 'gray runs on one host: its version cannot be told from the host';

/** What a finding rests on: `58 people on gray, 40 on prod`. */
function footingWords({footing, people}: MetricEvidence): string {
  switch (footing) {
    case 'people':
      return `by ${countWords(people.gray)} people on gray and ${countWords(people.prod)} on prod`;
    case 'requests':
      return 'by requests: no person is known';
    case 'history':
      return 'by history: prod is silent';
  }
}

/** An instance's name comes from outside. */
const NAME_AT_MOST = 64;

export function shoutingReason({instance, share, requests, instances}: Loudest): Reason {
  const name = plainText(instance, NAME_AT_MOST);
  return reason(
    'one_instance',
    `${name} alone says ${amount(share * 100, 'percent')} of gray's requests, ${instances - 1} other instances the rest`,
    {value: share * 100, samples: requests, windowSeconds: 60},
  );
}

/** The last id of all is further ahead than any clock, milliseconds. */
const ENDLESS_MS = 100 * 365 * 86_400_000;

/** Whether a stream that is so far ahead can take no entry any more. */
export function isEndless(aheadMs: number): boolean {
  return aheadMs > ENDLESS_MS;
}

/** Says how a stream of samples that is ahead of the store's clock fails. */
export function aheadWords(aheadMs: number): string {
  return isEndless(aheadMs)
    ? 'the sample stream has reached the last id there is: no sample can be written'
    : `the sample stream is ${timeWords(aheadMs)} ahead of the store's clock: samples cannot be placed in time`;
}

export function aheadReason(aheadMs: number): Reason {
  return reason('samples_ahead', aheadWords(aheadMs), {value: aheadMs / 1000});
}

export function ratioReason(
  {observed, expected, requests, by, windowSeconds}: RatioReading,
  set: number,
): Reason {
  const seen = observed === null ? 'no' : amount(observed, 'percent');
  const range =
    expected === null
      ? ''
      : ` (${amount(expected.low, 'percent')} to ${amount(expected.high, 'percent')} would be chance)`;
  return reason(
    'sample_ratio',
    `gray got ${seen} of ${countWords(requests)} eligible ${by}, the split says ${amount(set, 'percent')}${range}`,
    {value: observed, threshold: set, samples: requests, windowSeconds},
  );
}
