import type {Condition, Unit} from '../../release/plan.ts';
import type {Token} from './clauses.ts';
import type {MetricKind} from './metric-book.ts';
import {bad, good, type Problem, type Reading} from '../yaml/mistake.ts';
import {twoMeanings} from '../values.ts';
import {quote} from '../../text/quote.ts';

type Threshold = Condition['threshold'];

interface Context {
  /** Null where the metric is unknown: then any unit will do. */
  kind: MetricKind | null;
  name: string;
  isImprovement: boolean;
  /** Offset of the end of the text. */
  end: number;
}

const UNIT_WORDS = new Map<string, {unit: Unit; times: number}>(
  Object.entries({
    '%': {unit: 'percent', times: 1},
    ms: {unit: 'ms', times: 1},
    s: {unit: 'ms', times: 1000},
    points: {unit: 'points', times: 1},
    point: {unit: 'points', times: 1},
    '/s': {unit: 'per-second', times: 1},
  }),
);
const ALLOWED_IN: Readonly<Record<Unit, string>> = {
  percent: 'a value in %: 0.5 %',
  ms: 'a value in ms or s: 200 ms, 3 s',
  'per-second': 'a value a second: 100 /s',
  points: 'percentage points: 1 % or 1 points',
  count: 'a bare number',
};
/** Shorter response times are more likely seconds whose unit was forgotten. */
const MANY_MS = 20;

/** Takes `VALUE [UNIT]` or `Nx prod` off the front of `tokens`. */
export function readThreshold(tokens: Token[], context: Context): Reading<Threshold> {
  const [number] = tokens;
  if (number?.kind !== 'number')
    return bad({
      message:
        number?.text === 'prod' ? 'how many times prod?' : 'the condition has no value to compare with',
      allowed: number?.text === 'prod' ? '1x prod, 1.5x prod' : allowedValue(context),
      found: number?.text ?? 'nothing',
      at: number?.at ?? context.end,
    });
  tokens.shift();
  const value = Number(number.text);
  const word =
    tokens[0]?.kind === 'word' && !/^(?:over|min|for|and|or|[&|,]+)$/iu.test(tokens[0].text)
      ? tokens[0]
      : null;
  if (word !== null) tokens.shift();
  if (number.text.includes(',')) return bad(withComma(number));
  if (!Number.isFinite(value))
    return bad({
      message: `${quote(number.text)} is not a number`,
      allowed: 'a number like 0.5',
      found: number.text,
      at: number.at,
    });

  if (word !== null && /^[x×*]$|^times$|^prod$/iu.test(word.text))
    return timesProd(value, number, word, tokens, context);
  const sentence = {value, word, at: number.at, found: number.text + (word === null ? '' : ` ${word.text}`)};
  return absolute(sentence, context);
}

function withComma(number: Token): Problem {
  const isGrouped = /^\d{1,3}(?:,\d{3})+$/u.test(number.text);
  const point = number.text.replaceAll(',', '.');
  return {
    message: `${quote(number.text)} is written with a comma`,
    allowed: isGrouped ? number.text.replaceAll(',', '') : point,
    found: number.text,
    at: number.at,
  };
}

function allowedValue({kind, isImprovement}: Context): string {
  if (isImprovement) return ALLOWED_IN.points;
  return `${kind === null ? 'a value with its unit' : ALLOWED_IN[kind.unit]}, or a multiple of prod: 1.5x prod`;
}

function timesProd(
  value: number,
  number: Token,
  word: Token,
  tokens: Token[],
  context: Context,
): Reading<Threshold> {
  const place = {found: `${number.text}${word.text}`, at: number.at};
  if (/^prod$/iu.test(word.text))
    return bad({message: `${value} prod lacks its x`, allowed: `${value}x prod`, ...place});
  const [prod] = tokens;
  if (prod?.text.toLowerCase() !== 'prod')
    return bad({message: `${value} times what?`, allowed: `${value}x prod`, ...place});
  tokens.shift();
  if (context.isImprovement)
    return bad({
      message: 'an improvement is a difference, not a multiple',
      allowed: ALLOWED_IN.points,
      ...place,
    });
  if (value <= 0)
    return bad({
      message: `${value} times prod is nothing`,
      allowed: 'a multiple above 0: 1.5x prod',
      ...place,
    });
  return good({timesProd: value});
}

interface Sentence {
  value: number;
  word: Token | null;
  at: number;
  found: string;
}

function absolute({value, word, at, found}: Sentence, context: Context): Reading<Threshold> {
  const {kind, name, isImprovement} = context;
  const place = {at, found};
  const wanted: Unit | null = isImprovement ? 'points' : (kind?.unit ?? null);
  if (value < 0 && !isImprovement)
    return bad({message: `${name} is never below 0`, allowed: allowedValue(context), ...place});
  const known = word === null ? null : UNIT_WORDS.get(word.text.toLowerCase().replace(/\s/gu, ''));
  if (known === undefined)
    return bad({
      message: `${quote(word?.text ?? '')} is not a unit`,
      allowed: allowedValue(context),
      found: word?.text ?? '',
      at: word?.at ?? at,
    });
  if (wanted === null) return good({value, unit: known?.unit ?? 'count'});
  if (known === null) return bare(value, wanted, place);
  const fits = known.unit === wanted || (wanted === 'points' && known.unit === 'percent');
  if (!fits)
    return bad({
      message:
        known.unit === 'points'
          ? 'points are a difference between the sides'
          : `${name} is not measured in ${word?.text ?? ''}`,
      allowed:
        known.unit === 'points'
          ? `${name} improvement > ${value} points, or ${allowedValue(context)}`
          : allowedValue(context),
      ...place,
    });
  return good({value: Number((value * known.times).toPrecision(12)), unit: wanted});
}

/** A number without a unit: only where it can mean one thing. */
function bare(value: number, unit: Unit, place: {at: number; found: string}): Reading<Threshold> {
  const size = Math.abs(value);
  const isUnsure = unit === 'percent' ? size > 0 && size <= 1 : unit === 'points' && size > 0 && size < 1;
  if (isUnsure)
    return bad({
      message: twoMeanings(value),
      allowed: `${value} % or ${Number((value * 100).toPrecision(12))} %`,
      ...place,
    });
  const warnings: Problem[] =
    unit === 'ms' && size > 0 && size < MANY_MS
      ? [{message: `${value} is read as ${value} ms`, allowed: `${value} ms or ${value} s`, ...place}]
      : [];
  return good({value, unit}, warnings);
}
