/** How numbers, durations and moments are written. The same everywhere, in both languages. */

/** Stands for every number that is not known. */
export const UNKNOWN = '—';

/** `1 204`: thousands set apart by a blank. */
export function count(value: number): string {
  const digits = Math.round(Math.abs(value)).toString();
  const grouped = digits.replaceAll(/\B(?=(\d{3})+$)/gu, ' ');
  return value <= -0.5 ? `-${grouped}` : grouped;
}

/** About three digits that mean something: `6.20`, `19.8`, `812`. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return count(value);
  if (size >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

/** `6.20 %`; 0 and 100 without decimals. */
export function percent(value: number): string {
  if (value === 0 || value === 100) return `${value} %`;
  // 99.996 must not read as 100 %: what is not whole stays visible.
  if (value > 99.99 && value < 100) return '99.99 %';
  return value >= 99 && value < 100 ? `${value.toFixed(2)} %` : `${threeDigits(value)} %`;
}

/** A percentage people set: at most two decimals, none that say nothing. `20 %`, `2.5 %`. */
export function setPercent(value: number): string {
  return `${Number(value.toFixed(2))} %`;
}

/** `0.21 s`, `12 s`: a duration that is measured, from milliseconds. */
export function measured(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : clockwork(ms);
}

/** `8.1 ms`, `182 ms`, `12.4 s`. */
export function milliseconds(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  return ms < 9999.5 ? `${count(ms)} ms` : `${threeDigits(ms / 1000)} s`;
}

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

/** `0:41`, `12:05`, `31:07:12`: a duration that runs, from milliseconds. */
export function clockwork(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return `${minutes}:${two(seconds % 60)}`;
}
