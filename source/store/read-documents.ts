import {
  type ShapeOf,
  isFlag,
  isRecord,
  isText,
  nullable,
  oneOf,
  optional,
  upTo,
  wrongField,
} from '../release/shape.ts';
import type {KeptOutput} from '../release/step.ts';
import {fromJson} from '../release/well-formed.ts';
import {ROUTER_KINDS, type RollUp, type RollUpReader, type RouterReport} from './port.ts';

/** What a text says as JSON; null for one that is none. */
export function readJson(text: string): unknown {
  try {
    return fromJson(text);
  } catch {
    return null;
  }
}

/** Reads an output, which a store keeps as JSON. Anything else is skipped. */
export function decodeOutput(text: string, at: number): KeptOutput[] {
  const read = parse(text);
  if (read === null) return [];
  const {release, step, attempt, text: said, result} = read;
  if (typeof release !== 'string' || typeof step !== 'string' || typeof said !== 'string') return [];
  return [
    {
      release,
      step,
      attempt: typeof attempt === 'number' ? attempt : 1,
      text: said,
      result: typeof result === 'string' ? result : null,
      at,
    },
  ];
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

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

/** Most roll-ups in one answer of a store. With sketches of a busy service these are some megabytes. */
const AT_ONCE = 200;

/** A slice of roll-ups, and where the next one begins; null: there are no more. */
interface Slice {
  rollUps: RollUp[];
  /** The time of the last row, junk or not, milliseconds since 1970. */
  last: number | null;
}

/** Reads slice by slice. `slice` gives at most `count` rows later than `after`. @throws the error of `slice` */
export async function readSlices(
  slice: (after: number, count: number) => Promise<Slice>,
  sinceMs: number,
  take?: Parameters<RollUpReader['read']>[2],
): Promise<RollUp[]> {
  const all: RollUp[] = [];
  let after: number | null = Math.ceil(sinceMs) - 1;
  while (after !== null) {
    const {rollUps, last}: Slice = await slice(after, AT_ONCE);
    if (take === undefined) all.push(...rollUps);
    else if (rollUps.length > 0) await take(rollUps);
    after = last;
  }
  return all;
}
