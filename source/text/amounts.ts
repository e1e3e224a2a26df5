import type {Unit} from '../release/plan.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A number with at most `digits` digits that count, without an exponent where a person would not write one. */
function plain(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size >= 10 ** digits && size < 1e15) return String(Math.round(value));
  const rounded = Number(value.toPrecision(digits));
  // The greatest of numbers round beyond all numbers.
  return String(Number.isFinite(rounded) ? rounded : value);
}

function withUnit(value: number, unit: Unit, digits: number): string {
  switch (unit) {
    case 'percent':
      return `${plain(value, digits)} %`;
    case 'points':
      return `${plain(value, digits)} points`;
    case 'ms':
      return Math.abs(value) >= 10_000 ? `${plain(value / 1000, digits)} s` : `${plain(value, digits)} ms`;
    case 'per-second':
      return `${plain(value, digits)} /s`;
    case 'count':
      return plain(value, digits);
  }
}

/** A value in its unit, short. */
export function amount(value: number, unit: Unit): string {
  return withUnit(value, unit, value > 99 && value < 100 ? 4 : 3);
}

/** Two values in one unit, with as many digits as it takes to see that they differ. */
export function amounts(value: number, limit: number, unit: Unit): [string, string] {
  for (let digits = 3; digits < 12; digits++) {
    const pair: [string, string] = [withUnit(value, unit, digits), withUnit(limit, unit, digits)];
    if (pair[0] !== pair[1] || value === limit) return pair;
  }
  return [withUnit(value, unit, 12), withUnit(limit, unit, 12)];
}

/** `42 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`: two parts at most, rounded up. */
export function timeWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND)) * SECOND;
  if (seconds < MINUTE) return `${seconds / SECOND} s`;
  const [unit, word, part, partWord] =
    seconds < HOUR
      ? ([MINUTE, 'min', SECOND, 's'] as const)
      : seconds < DAY
        ? ([HOUR, 'h', MINUTE, 'min'] as const)
        : ([DAY, 'd', HOUR, 'h'] as const);
  const parts = Math.ceil(seconds / part);
  const whole = Math.floor((parts * part) / unit);
  const rest = parts - (whole * unit) / part;
  return rest === 0 ? `${whole} ${word}` : `${whole} ${word} ${rest} ${partWord}`;
}

/** How rare chance makes it, from the log of an e-value: `1 in 12,000`; null where it is nothing special. */
export function oddsWords(log: number): string | null {
  if (!(log > Math.log(1.5))) return null;
  if (log > Math.log(1e9)) return '1 in more than a billion';
  const odds = Math.exp(log);
  return `1 in ${countWords(odds < 10 ? odds : Number(odds.toPrecision(2)))}`;
}

/** `1,204`. */
export function countWords(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/gu, ',');
}
