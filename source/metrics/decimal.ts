/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({length: 16}, (_, exponent) => 10 ** exponent);
/** More digits are no measurement. */
const LONGEST = 32;

/**
 * A number as ASCII decimal: digits, at most one point, a leading minus; nothing else. NaN for everything else, so
 * `1e999`, `0x10`, ` 5`, `٣` and the empty text are none.
 */
export function parseDecimal(text: string): number {
  const {length} = text;
  if (length === 0 || length > LONGEST) return Number.NaN;
  const minus = text.charCodeAt(0) === 45;
  let digits = 0;
  let decimals = -1;
  let value = 0;
  for (let index = minus ? 1 : 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === 46 && decimals < 0) decimals = 0;
    else if (code >= 48 && code <= 57) {
      value = value * 10 + code - 48;
      digits++;
      if (decimals >= 0) decimals++;
    } else return Number.NaN;
  }
  if (digits === 0) return Number.NaN;
  // Up to 15 digits the quotient of two exact numbers is the nearest double; beyond, the language knows better.
  const size = digits > 15 ? Math.abs(Number(text)) : decimals > 0 ? value / (POWERS[decimals] ?? 1) : value;
  return minus ? -size : size;
}

/** Writes a number so that `parseDecimal` reads it: never an exponent, at most nine decimals. */
export function formatDecimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(9).replace(/0+$/, '').replace(/\.$/, '') : value.toFixed(0);
}
