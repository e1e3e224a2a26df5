import {isPercent} from '../release/split.ts';
import {bad, good, quote, type Reading} from './yaml/mistake.ts';

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
