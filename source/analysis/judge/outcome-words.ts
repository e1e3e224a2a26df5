import type {Operator} from '../../release/plan.ts';
import {metricRow} from '../metrics.ts';
import {amount, amounts, countWords, timeWords} from '../../text/amounts.ts';
import type {JudgedCondition, Outcome, WhyNotApplicable, WhyUnmeasured} from './outcome.ts';

const UNMEASURED: Readonly<Record<WhyUnmeasured, string>> = {
  'no-data': 'no sample reports it on gray',
  'no-prod': 'no sample reports it on prod',
  stale: 'gray has been silent for too long',
  'not-a-number': 'what was measured is not a number',
  'many-series': 'more than one series answers',
  away: 'its source does not answer',
};
const NOT_APPLICABLE: Readonly<Record<WhyNotApplicable, string>> = {
  'everybody-gray': 'not judged: at 100 % there is no prod to compare with',
  'nobody-eligible': 'not judged: at 0 % no user has gray by percentage',
};
const TURNED: Readonly<Record<Operator, Operator>> = {'<': '>=', '<=': '>', '>': '<=', '>=': '<'};
/** What is well, where it is. */
const WITHIN: Readonly<Record<Operator, (limit: string) => string>> = {
  '<': limit => `below ${limit}`,
  '<=': limit => `at most ${limit}`,
  '>': limit => `above ${limit}`,
  '>=': limit => `at least ${limit}`,
};
/** What would be well, where it is not. */
const PASSES: Readonly<Record<Operator, (limit: string) => string>> = {
  '<': limit => `passes below ${limit}`,
  '<=': limit => `passes at ${limit} or less`,
  '>': limit => `passes above ${limit}`,
  '>=': limit => `passes at ${limit} or more`,
};

/** A metric in words; its own name where there are none. */
export function metricWords(metric: string): string {
  const row = metricRow(metric);
  if (row === null) return metric.replaceAll('_', ' ');
  return row.read.by === 'values' && row.read.quantile !== null ? row.en.short : row.en.name;
}

/**
 * What came of a condition, with the value and with what would turn it: `error rate 6.2 %, passes up to 5 %`.
 * @param isBad whether it is bad that it holds (a guardrail), or that it does not (a criterion)
 */
export function outcomeWords(outcome: Outcome, isBad: boolean): string {
  const name = `${metricWords(outcome.metric)}${outcome.improvement ? ' improvement' : ''}`;
  switch (outcome.kind) {
    case 'holds':
    case 'fails':
      return `${name} ${against(outcome, isBad)}`;
    case 'undecided':
      return `${name}${undecidedWords(outcome, isBad)}`;
    case 'cannot-measure':
      return `${name} cannot be measured: ${UNMEASURED[outcome.why]}`;
    case 'not-applicable':
      return `${name} ${NOT_APPLICABLE[outcome.why]}`;
  }
}

function against(
  {kind, op, unit, value, threshold, timesProd, prod}: JudgedCondition & Pick<Outcome, 'kind'>,
  isBad: boolean,
): string {
  if (value === null) return '';
  if (threshold === null) return amount(value, unit);
  const [shown, limit] = amounts(value, threshold, unit);
  const multiple =
    timesProd === null || prod === null ? '' : ` (${timesProd} times prod's ${amount(prod, unit)})`;
  const words = (kind === 'holds') !== isBad ? WITHIN : PASSES;
  return `${shown}, ${words[isBad ? TURNED[op] : op](limit)}${multiple}`;
}

function undecidedWords(outcome: Extract<Outcome, {kind: 'undecided'}>, isBad: boolean): string {
  const {why, source, have, need, forecastMs} = outcome;
  switch (why) {
    case 'prod-zero':
      return ': prod is at 0, and no multiple of it says anything';
    case 'not-shown': {
      const wait =
        forecastMs === null
          ? 'never at this traffic and value'
          : `needs about ${timeWords(forecastMs)} more at this traffic`;
      return ` ${against({...outcome, kind: 'holds'}, isBad)}, not shown yet: ${wait}`;
    }
    case 'within-chance':
      return ` ${against({...outcome, kind: 'holds'}, isBad)}: too few requests to tell it from prod's`;
    case 'few-requests':
    case 'few-prod-requests': {
      const [side, noun] = [
        why === 'few-requests' ? '' : 'prod ',
        source === 'feedback' ? 'answers' : 'requests',
      ];
      const wanted = need === null ? '' : ` of ${countWords(need)}`;
      return `: ${countWords(have)}${wanted} ${side}${noun}, ${waiting(forecastMs)}`;
    }
  }
}

function waiting(forecastMs: number | null): string {
  return forecastMs === null ? 'never so many at this traffic' : `about ${timeWords(forecastMs)} more`;
}
