import {decodeBase64, encodeBase64, base64Bytes} from '../sketches/base64.ts';
import {ByteReader, ByteWriter} from '../sketches/bytes.ts';
import type {Side} from '../numbers.ts';
import {MOST_LEVEL} from './person.ts';
import {SLOWEST} from './wire.ts';

/** An answer that was told by itself: its level follows. */
export const ANSWER = 64;
/** Known from now on, but counted on neither side. */
export const TAUGHT = 128;

/** One change of the table. */
export interface Change {
  hash: number;
  /** Bits of `wire.ts`, and the two above. */
  marks: number;
  side: Side;
  /** Whole seconds since 1970 in which it happened. */
  second: number;
  /** The split under which it happened. */
  split: number;
  slowest: number;
  third: number;
  tenth: number;
}

/** How far in the stream a table has come: the store's time of an entry, and its number among those of that time. */
export interface Position {
  at: number;
  count: number;
}

/** Changes in the order in which they came about, as a store keeps them. */
export interface JournalRow {
  /** When the first of them came, milliseconds since 1970; no two rows have the same. */
  t: number;
  body: string;
}

const MINUTE_MS = 60_000;
/** Bytes of a row, about: one that is longer goes on in another. */
const LONG_ROW = 131_072;
/** Of a body, characters: three times what a row holds at most. */
const LONGEST_BODY = 1_000_000;
/** Rows that are not written yet are kept for so long, and so many bytes of them. */
const KEEP_MS = 20 * MINUTE_MS;
const MOST_BYTES = 16_777_216;

interface Row {
  t: number;
  writer: ByteWriter;
  last: Position;
  /** What the next change is told against. */
  second: number;
  split: number;
  /** As it was read or written last; null: something was added since. */
  body: string | null;
}

/**
 * The changes of the table, in rows of a minute: a reader of all of them in order has the same table. Who reads the same
 * stream from the same rows on makes the same rows, so it does not matter which process writes them.
 */
export class Journal {
  readonly #release: string;
  #rows: Row[] = [];

  constructor(release: string) {
    this.#release = release;
  }

  /** Adds a change that an entry has brought. */
  add(change: Change, position: Position): void {
    const row = this.#rowFor(position.at);
    const {writer} = row;
    if (row.split !== change.split) {
      writer.word(0);
      writer.varint(change.split);
      row.split = change.split;
    }
    writer.word(change.hash);
    writer.byte(change.marks);
    const delta = change.second - row.second;
    const zigzag = delta < 0 ? -2 * delta - 1 : 2 * delta;
    writer.varint(zigzag * 2 + (change.side === 'gray' ? 1 : 0));
    for (const level of levelsOf(change)) writer.byte(level);
    row.second = change.second;
    if (isAfter(position, row.last)) row.last = position;
    row.body = null;
  }

  /** Goes on where a stored row ends: it was read, and all in it is known. */
  goOn({t, body}: JournalRow, {bytes, last, second, split}: ReadRow): void {
    const writer = new ByteWriter();
    for (const byte of bytes) writer.byte(byte);
    this.#rows = [{t, writer, last, second, split, body}];
  }

  /** The rows from `since` on. */
  rows(since: number): JournalRow[] {
    return this.#rows.filter(({t}) => t >= since).map(row => ({t: row.t, body: this.#bodyOf(row)}));
  }

  #rowFor(at: number): Row {
    const newest = this.#rows.at(-1);
    const isSame = newest !== undefined && at < newest.t - (newest.t % MINUTE_MS) + MINUTE_MS;
    if (isSame && newest.writer.length < LONG_ROW) return newest;
    const t = Math.max(at, (newest?.t ?? 0) + 1);
    const row: Row = {
      t,
      writer: new ByteWriter(),
      last: {at, count: 0},
      second: Math.floor(t / 1000),
      split: 0,
      body: null,
    };
    this.#rows.push(row);
    this.#forget(t);
    return row;
  }

  #forget(now: number): void {
    let bytes = this.#rows.reduce((sum, {writer}) => sum + writer.length, 0);
    for (let first = this.#rows[0]; first !== undefined; first = this.#rows[0]) {
      if (this.#rows.length === 1 || (first.t > now - KEEP_MS && bytes <= MOST_BYTES)) return;
      bytes -= first.writer.length;
      this.#rows.shift();
    }
  }

  #bodyOf(row: Row): string {
    row.body ??= JSON.stringify({
      v: 1,
      release: this.#release,
      at: row.last.at,
      count: row.last.count,
      bytes: encodeBase64(row.writer.take()),
    });
    return row.body;
  }
}

/** A row as it was read, and how to go on behind it. */
export interface ReadRow {
  release: string;
  changes: Change[];
  last: Position;
  bytes: Uint8Array;
  second: number;
  split: number;
}

/** Null for what no journal of this version has written. */
export function readRow({t, body}: JournalRow): ReadRow | null {
  if (body.length > LONGEST_BODY) return null;
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const {v, release, at, count, bytes: text} = read as Record<string, unknown>;
  if (v !== 1 || typeof release !== 'string' || typeof text !== 'string') return null;
  if (!isMoment(at) || !isMoment(count)) return null;
  const bytes = new Uint8Array(base64Bytes(text.length));
  const end = decodeBase64(text, 0, bytes, 0);
  const found = end < 0 ? null : readChanges(bytes, end, Math.floor(t / 1000));
  return found === null ? null : {release, last: {at, count}, bytes: bytes.slice(0, end), ...found};
}

function readChanges(
  bytes: Uint8Array,
  end: number,
  start: number,
): Pick<ReadRow, 'changes' | 'second' | 'split'> | null {
  const reader = new ByteReader().over(bytes, 0, end);
  const changes: Change[] = [];
  let second = start;
  let split = 0;
  while (reader.at < reader.end) {
    const hash = reader.word();
    if (hash === 0) {
      split = reader.varint();
      if (split < 0) return null;
      continue;
    }
    const marks = reader.byte();
    const told = reader.varint();
    if (hash < 0 || marks < 0 || told < 0) return null;
    const zigzag = Math.floor(told / 2);
    second += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    const change: Change = {
      hash,
      marks,
      side: told % 2 === 1 ? 'gray' : 'prod',
      second,
      split,
      slowest: 0,
      third: 0,
      tenth: 0,
    };
    if (!readLevels(reader, change)) return null;
    changes.push(change);
  }
  return {changes, second, split};
}

function readLevels(reader: ByteReader, change: Change): boolean {
  const names = ['slowest', 'third', 'tenth'] as const;
  for (const [which, name] of names.entries()) {
    if (!hasLevel(change.marks, which)) continue;
    const level = reader.byte();
    if (level < 1 || level > MOST_LEVEL) return false;
    change[name] = level;
  }
  return true;
}

function levelsOf({marks, slowest, third, tenth}: Change): number[] {
  return [slowest, third, tenth].filter((_, which) => hasLevel(marks, which));
}

/** An answer that was told by itself has one level, where the slowest stands. */
function hasLevel(marks: number, which: number): boolean {
  return (marks & ANSWER) !== 0 ? which === 0 : (marks & (SLOWEST << which)) !== 0;
}

function isAfter(one: Position, other: Position): boolean {
  return one.at > other.at || (one.at === other.at && one.count > other.count);
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
