import {
  isFlag,
  isRecord,
  isText,
  nullable,
  oneOf,
  optional,
  upTo,
  wrongField,
  type ShapeOf,
} from '../release/shape.ts';
import {ROUTER_KINDS, type RouterReport} from './port.ts';

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
    return isRecord(value) && wrongField(value, REPORT) === null ? (value as unknown as RouterReport) : null;
  } catch {
    return null;
  }
}

const REPORT: ShapeOf<RouterReport> = {
  name: (value): value is string => isText(value) && value !== '' && value.length <= LONGEST_NAME,
  kind: oneOf(ROUTER_KINDS),
  version: upTo(Number.MAX_SAFE_INTEGER),
  release: nullable(isText),
  percent: upTo(100),
  live: isFlag,
  boundMs: upTo(LONGEST_BOUND_MS),
  trouble: optional(isText),
};
