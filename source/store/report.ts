import type {RouterReport} from './port.ts';

/** Longest report, in characters. An application may write any text, and every console reads it each second. */
const LONGEST = 4096;
const LONGEST_NAME = 256;
/** Greatest bound that a router may report, in milliseconds. */
const LONGEST_BOUND_MS = 7 * 24 * 3_600_000;

/** Reads the report of a router; null: the text is no report, or too long. */
export function decodeReport(text: string): RouterReport | null {
  if (text.length > LONGEST) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isReport(value) ? value : null;
  } catch {
    return null;
  }
}

function isReport(value: unknown): value is RouterReport {
  if (typeof value !== 'object' || value === null) return false;
  const {name, kind, version, release, percent, live, boundMs, trouble} = value as Record<string, unknown>;
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) return false;
  if (typeof live !== 'boolean') return false;
  if (kind !== 'sdk' && kind !== 'nginx' && kind !== 'demo') return false;
  if (release !== null && typeof release !== 'string') return false;
  if (trouble !== undefined && typeof trouble !== 'string') return false;
  return (
    isWithin(version, Number.MAX_SAFE_INTEGER) &&
    isWithin(percent, 100) &&
    isWithin(boundMs, LONGEST_BOUND_MS)
  );
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= most;
}
