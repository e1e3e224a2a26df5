import type {
  EvidenceTick,
  Histogram,
  HistoryTick,
  InstanceTick,
  PeopleTick,
  SideTick,
} from '../analysis/evidence/tick.ts';

/** A recording's own name, as it was written. */
export type Id = string | number;

/** A side in a tick, with what evidence has no use for. */
export interface RecordedSide extends SideTick {
  unavailable: number | null;
}

export interface RecordedTick extends EvidenceTick {
  prod: RecordedSide;
  gray: RecordedSide;
}

export interface RecordedHistory extends HistoryTick {
  prod: RecordedSide;
}

/** A line of a recording, understood. */
export type JudgeLine =
  | {type: 'start'; id: Id; tickSeconds: number; grayShare: number | null}
  | ({type: 'history'; id: Id} & RecordedHistory)
  | ({type: 'tick'; id: Id} & RecordedTick)
  | {type: 'end'; id: Id}
  /** A line that `record` has written; it names no id. */
  | {type: 'recorded'; isHead: boolean};

/** What is wrong with a line; `waits` names the recording that waits for an answer, if any. */
export interface BadLine {
  type: 'bad';
  why: string;
  /** The id as it was written, where it can be one at all. */
  waits: {id: Id | null} | null;
}

const LONGEST_ID = 256;
/** Bucket i holds 2^(i/8) to 2^((i+1)/8) ms: from a microsecond to 31 years. */
const LOWEST_BUCKET = -80;
const HIGHEST_BUCKET = 318;

class Wrong extends Error {}

type Fields = Readonly<Record<string, unknown>>;

/** Reads one line. Never throws; text that is quoted back is not yet fit for a terminal. */
export function readLine(text: string): JudgeLine | BadLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {type: 'bad', why: 'not JSON', waits: waitingIn(text)};
  }
  if (!isFields(value)) return {type: 'bad', why: 'not an object', waits: null};
  const {id} = value;
  if (isRecorded(value['type'])) return {type: 'recorded', isHead: value['type'] === 'recording'};
  try {
    if (!isId(id)) throw new Wrong(`"id" is neither a text of up to ${LONGEST_ID} letters nor a number`);
    return understood(value, id);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    // Who sent a tick waits for one line, also where its id cannot be that of a recording.
    const waits = {id: typeof id === 'string' || typeof id === 'number' ? id : null};
    return {type: 'bad', why: error.message, waits: value['type'] === 'tick' ? waits : null};
  }
}

function understood(value: Fields, id: Id): JudgeLine {
  const {type} = value;
  switch (type) {
    case 'tick':
      return {
        type,
        id,
        ...time(value),
        grayShare: share(value),
        prod: side(value, 'prod'),
        gray: side(value, 'gray'),
      };
    case 'history':
      return {type, id, ...time(value), prod: side(value, 'prod')};
    case 'start':
      return {type, id, tickSeconds: tickSeconds(value), grayShare: share(value)};
    case 'end':
      return {type, id};
    default:
      throw new Wrong('"type" is none of start, history, tick, end');
  }
}

/** The types of lines that `record` writes; none of them is one of the protocol's. */
function isRecorded(type: unknown): boolean {
  return type === 'recording' || type === 'commit' || type === 'second' || type === 'routers';
}

function time({t}: Fields): {t: number} {
  if (typeof t !== 'number' || !(Math.abs(t) <= 1e9)) throw new Wrong('"t" is no number of seconds');
  return {t};
}

function share({grayShare}: Fields): number | null {
  if (grayShare === undefined || grayShare === null) return null;
  if (typeof grayShare !== 'number' || !(grayShare >= 0 && grayShare <= 1))
    throw new Wrong('"grayShare" is no number from 0 to 1');
  return grayShare;
}

function tickSeconds({tickSeconds: seconds = 1}: Fields): number {
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= 86_400))
    throw new Wrong('"tickSeconds" is no number of seconds');
  return seconds;
}

function side(value: Fields, name: 'prod' | 'gray'): RecordedSide {
  const found = value[name];
  if (!isFields(found)) throw new Wrong(`"${name}" is missing`);
  const requests = count(found, name, 'requests');
  if (requests === null) throw new Wrong(`"${name}.requests" is missing`);
  const part = (field: string): number | null => {
    const counted = count(found, name, field);
    if (counted !== null && counted > requests)
      throw new Wrong(`"${name}.${field}" is ${counted} of ${requests} requests`);
    return counted;
  };
  return {
    requests,
    errors: part('errors') ?? 0,
    conversions: part('conversions') ?? 0,
    unavailable: part('unavailable'),
    latencySumMs: sum(found['latencySumMs'], name),
    hist: histogram(found['hist'], name),
    ...peopleOf(found['people']),
    ...instancesOf(found['instances']),
  };
}

/**
 * What a side says about people. What cannot be true is left as it is, or NaN: evidence puts it aside, names it, and
 * judges the requests of the tick all the same.
 */
function peopleOf(value: unknown): {people?: PeopleTick} {
  if (value === undefined || value === null) return {};
  if (!isFields(value)) return {people: {seen: Number.NaN}};
  const people: PeopleTick = {};
  for (const field of ['seen', 'failed', 'converted'] as const)
    if (value[field] !== undefined && value[field] !== null) people[field] = numberOf(value[field]);
  for (const field of ['slowest', 'third', 'tenth'] as const)
    if (value[field] !== undefined && value[field] !== null) people[field] = changes(value[field]);
  const {sums} = value;
  if (isFields(sums) && sums['n'] !== undefined) people.requestsSoFar = numberOf(sums['n']);
  return {people};
}

const MOST_INSTANCES = 1000;

/** What a side says about its instances. What cannot be true is left out; evidence judges the rest of the tick. */
function instancesOf(value: unknown): {instances?: InstanceTick[]} {
  if (!Array.isArray(value)) return {};
  const instances = (value.slice(0, MOST_INSTANCES) as unknown[]).flatMap((one): InstanceTick[] => {
    if (!isFields(one) || !isId(one['id'])) return [];
    const {id, requests, errors = 0, latencySumMs = 0} = one;
    const counts = {requests: numberOf(requests), errors: numberOf(errors), timeSum: numberOf(latencySumMs)};
    return Object.values(counts).some(Number.isNaN) ? [] : [{id: String(id), ...counts}];
  });
  return {instances};
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

const MOST_CHANGES = 1000;

function changes(value: unknown): Histogram {
  const isList = Array.isArray(value) && value.length <= MOST_CHANGES && value.every(isPair);
  return isList ? (value as [number, number][]) : [[Number.NaN, Number.NaN]];
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(part => typeof part === 'number');
}

function count(fields: Fields, name: string, field: string): number | null {
  const value = fields[field];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1e9 && Number.isInteger(value)))
    throw new Wrong(`"${name}.${field}" is no whole number from 0 on`);
  return value;
}

function sum(value: unknown, name: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1e18))
    throw new Wrong(`"${name}.latencySumMs" is no number of milliseconds`);
  return value;
}

/** As it is when its buckets ascend, else put in order. */
function histogram(value: unknown, name: string): [number, number][] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Wrong(`"${name}.hist" is no list of [bucket, count]`);
  let before = Number.NEGATIVE_INFINITY;
  let isAscending = true;
  for (const entry of value as unknown[]) {
    if (!isEntry(entry)) throw new Wrong(`"${name}.hist" holds something that is no [bucket, count]`);
    isAscending &&= entry[0] > before;
    before = entry[0];
  }
  return isAscending ? (value as [number, number][]) : inOrder(value as [number, number][]);
}

function isEntry(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [bucket, times] = value as unknown[];
  return (
    typeof bucket === 'number' &&
    Number.isInteger(bucket) &&
    bucket >= LOWEST_BUCKET &&
    bucket <= HIGHEST_BUCKET &&
    typeof times === 'number' &&
    Number.isInteger(times) &&
    times >= 0 &&
    times <= 1e9
  );
}

function inOrder(entries: readonly [number, number][]): [number, number][] {
  const counts = new Map<number, number>();
  for (const [bucket, times] of entries) counts.set(bucket, (counts.get(bucket) ?? 0) + times);
  return [...counts].sort(([a], [b]) => a - b);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is Id {
  return typeof value === 'string'
    ? value.length <= LONGEST_ID
    : typeof value === 'number' && Number.isFinite(value);
}

/** The recording that waits for an answer to a tick that is no JSON. */
function waitingIn(text: string): BadLine['waits'] {
  const head = text.slice(0, 1024);
  if (!/"type"\s*:\s*"tick"/u.test(head)) return null;
  const id = /"id"\s*:\s*(?<id>"(?:[^"\\]|\\.){0,256}"|-?\d{1,15})/u.exec(head)?.groups?.['id'];
  try {
    const value: unknown = id === undefined ? null : JSON.parse(id);
    return isId(value) ? {id: value} : null;
  } catch {
    return null;
  }
}
