import parseDuration from 'parse-duration';
import {isPercent} from '../release/split.ts';
import {type Reading, bad, good} from './yaml/mistake.ts';
import {quote} from '../text/quote.ts';

/** Which times may be written. */
export const DURATION_FORM = 'a time with its unit: 30s, 5m, 24h, 1h30m, 7 days, 2天, 即时';
const A_YEAR = 366 * 86_400_000;
const AT_ONCE = new Set(['0', '即时', '立即', '马上', 'immediately']);
const UNITS = 'ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?';
/** Only this much of what the library reads: it would take "5" for 5 ms, "-5m" and "5M" as well. */
const PATTERN = new RegExp(String.raw`^(?:\d+(?:\.\d+)?\s*(?:${UNITS})\s*)+$`, 'u');

/** Chinese units, longer ones first. */
const CHINESE: readonly (readonly [RegExp, string])[] = [
  [/个(?=小时|星期|钟头)/gu, ''],
  [/毫秒/gu, 'ms'],
  [/秒钟?/gu, 's'],
  [/分钟?/gu, 'm'],
  [/小时|钟头|时/gu, 'h'],
  [/天|日/gu, 'd'],
  [/周|星期/gu, 'w'],
];

/** A time as people write it, in whole milliseconds: `24h`, `1h30m`, `7 days`, `2天`, `即时` (0). A bare number is refused. */
export function readDuration(value: unknown): Reading<number> {
  if (value === 0) return good(0);
  if (typeof value === 'number')
    return bad({message: `${value} has no unit: ${value}s, ${value}m or ${value}h?`, allowed: DURATION_FORM});
  if (typeof value !== 'string') return bad({message: 'this is not a time', allowed: DURATION_FORM});
  const text = value.normalize('NFKC').trim();
  if (AT_ONCE.has(text)) return good(0);
  if (/^\d+(?:\.\d+)?$/u.test(text))
    return bad({message: `${text} has no unit: ${text}s, ${text}m or ${text}h?`, allowed: DURATION_FORM});
  if (/\dM\b/u.test(text))
    return bad({
      message: `the M in ${quote(value)} could be minutes or months: write m for minutes`,
      allowed: DURATION_FORM,
    });
  const latin = CHINESE.reduce((done, [from, to]) => done.replace(from, to), text.toLowerCase());
  const ms = latin.length <= 60 && PATTERN.test(latin) ? parseDuration(latin) : null;
  if (ms === null) return bad({message: `${quote(value)} is not a time`, allowed: DURATION_FORM});
  if (ms > A_YEAR) return bad({message: `${quote(value)} is longer than a year`, allowed: DURATION_FORM});
  return good(Math.round(ms));
}

/** Which percentages may be written. */
export const PERCENT_FORM = '0 to 100 with at most two decimals: 5, "5 %", "0.5 %"';

/** A bare number that may have been meant as a fraction, in words. */
export function twoMeanings(bare: number): string {
  return `${bare} could be ${bare} % or ${Number((bare * 100).toPrecision(12))} %: write the unit`;
}

/**
 * A percentage, 0–100 with at most two decimals, from `5`, `"5 %"` or `"5%"`. A bare number between 0 and 1 is refused.
 * @param isCalledPercent whether the key says percent, so that a bare 1 can only mean 1 %
 */
export function readPercent(value: unknown, isCalledPercent = true): Reading<number> {
  const written = typeof value === 'string' ? value.normalize('NFKC').trim() : value;
  const match = /^(?<number>[-+]?(?:\d+(?:\.\d+)?|\.\d+))\s*(?<sign>%?)$/u.exec(String(written));
  if (match?.groups === undefined || (typeof value !== 'string' && typeof value !== 'number'))
    return bad({
      message: typeof value === 'string' ? `${quote(value)} is not a percentage` : 'this is not a percentage',
      allowed: PERCENT_FORM,
    });
  const number = Number(match.groups['number']);
  const isBare = match.groups['sign'] === '';
  if (isBare && number > 0 && (number < 1 || (number === 1 && !isCalledPercent)))
    return bad({
      message: twoMeanings(number),
      allowed: `"${number} %" or "${Number((number * 100).toPrecision(12))} %"`,
    });
  if (number < 0) return bad({message: `${number} % is below 0 %`, allowed: PERCENT_FORM});
  if (number > 100) return bad({message: `${number} % is above 100 %`, allowed: PERCENT_FORM});
  if (!isPercent(number))
    return bad({message: `${match.groups['number']} % has more than two decimals`, allowed: PERCENT_FORM});
  return good(number);
}
