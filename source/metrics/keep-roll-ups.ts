import {setTimeout as pause} from 'node:timers/promises';
import {
  KEEP_MINUTES_MS,
  KEEP_SECONDS_MS,
  decodeTally,
  encodeTally,
  mergeTallies,
  type Tally,
} from '../analysis/windows/roll-up.ts';

/** Where roll-ups lie; the store's port fits as it is. */
export interface RollUpShelf {
  read(kind: Kind, sinceMs: number): Promise<{t: number; body: string}[]>;
  write(kind: Kind, rollUps: {t: number; body: string}[], keepMs: number): Promise<void>;
}

type Kind = 'seconds' | 'minutes' | 'people';

export interface RollUpKeeping {
  windows: {
    /** The second that begins at `t`, as it was measured; null when nothing was. */
    rollUp(t: number): Tally | null;
    /** Another number whenever that second changes; null: it is not kept. */
    changeAt(t: number): number | null;
    /** What is new about people, in rows; those from `since` on. */
    peopleRows(since: number): {t: number; body: string}[];
  };
  shelf: RollUpShelf;
  /** The store's clock, milliseconds since 1970. */
  now(): number;
}

/** A second is rolled up when the batches of those who send at once have come. */
const SETTLED_AFTER_MS = 3000;
/** Who sends by the minute comes later: within this time a second that holds more is written again. */
const LATE_MS = 180_000;
const LATE_EVERY_MS = 10_000;
/** Milliseconds: another process keeps the roll-ups if its newest second is no older. */
const AT_IT_MS = 12_000;
const LOOK_MS = 5000;
const EVERY_MS = 1000;
/** Seconds rolled up in one go, and the rest in between: the process has keys to answer. */
const AT_ONCE = 20;
const REST_MS = 10;
/** What is new about people is written so often: the stream tells the rest again. */
const PEOPLE_EVERY_MS = 5000;
/** A keeper before this one wrote its last row no longer ago. */
const PEOPLE_BEFORE_MS = 1_200_000;

/**
 * Keeps the roll-ups of a feature: each second for an hour, each minute for thirty days. It stands by while another process
 * does so; two at once would write the same. A store that is away is tried again. Ends with the signal.
 */
export async function keepRollUps(keeping: RollUpKeeping, signal: AbortSignal): Promise<void> {
  const {now} = keeping;
  const written: Written = new Map();
  let next: number | null = null;
  let lateAt = now();
  const people = new PeopleKeeping(keeping);
  while (!signal.aborted) {
    try {
      next = next === null ? await firstMissing(keeping, written) : await writeFrom(keeping, next, written);
      if (next !== null && Math.abs(now() - lateAt) >= LATE_EVERY_MS) {
        await writeLate(keeping, next, written);
        lateAt = now();
      }
      if (next !== null) await people.write();
    } catch {
      // What was not written is still in the windows.
    }
    const isBehind = next !== null && next + 1000 < settledBy(now());
    await pause(next === null ? LOOK_MS : isBehind ? REST_MS : EVERY_MS, undefined, {signal}).catch(
      () => undefined,
    );
  }
}

/** Writes what is new about people; the newest row is written again while it grows. */
class PeopleKeeping {
  readonly #keeping: RollUpKeeping;
  /** From where on rows are to be written; null: not known yet. */
  #since: number | null = null;
  #newest = '';
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(keeping: RollUpKeeping) {
    this.#keeping = keeping;
  }

  /** @throws StoreFault */
  async write(): Promise<void> {
    const {windows, shelf, now} = this.#keeping;
    if (Math.abs(now() - this.#writtenAt) < PEOPLE_EVERY_MS) return;
    this.#since ??= (await shelf.read('people', now() - PEOPLE_BEFORE_MS)).at(-1)?.t ?? 0;
    const rows = windows.peopleRows(this.#since);
    const newest = rows.at(-1);
    if (newest !== undefined && (rows.length > 1 || newest.body !== this.#newest)) {
      await shelf.write('people', rows, KEEP_MINUTES_MS);
      this.#since = newest.t;
      this.#newest = newest.body;
    }
    this.#writtenAt = now();
  }
}

/** Of the last minutes: how many entries of a second are in its roll-up, and the change it was made at. */
type Written = Map<number, {entries: number; change: number | null}>;

/** The first second that is not rolled up; null while another process keeps them. */
async function firstMissing({shelf, now}: RollUpKeeping, written: Written): Promise<number | null> {
  if ((await shelf.read('seconds', now() - AT_IT_MS)).length > 0) return null;
  const since = now() - KEEP_SECONDS_MS;
  const stored = await shelf.read('seconds', since);
  for (const {t, body} of stored) {
    const tally = t >= now() - LATE_MS ? decodeTally(t, body) : null;
    if (tally !== null) written.set(t, {entries: entriesOf(tally), change: null});
  }
  const newest = stored.at(-1)?.t ?? null;
  return newest === null ? startOf(since, 1000) : newest + 1000;
}

/** Rolls up what has settled since; returns where to go on. */
async function writeFrom(keeping: RollUpKeeping, from: number, written: Written): Promise<number> {
  const {shelf, now} = keeping;
  const settled = settledBy(now());
  // A process that slept, or a clock that jumped, leaves no more behind than is kept.
  const begin = Math.max(from, settled - KEEP_SECONDS_MS);
  const end = Math.min(settled, begin + AT_ONCE * 1000);
  await writeSeconds(keeping, {from: begin, to: end}, written);
  const minutes = startOf(end, 60_000);
  if (startOf(from, 60_000) < minutes)
    await writeMinutes(shelf, Math.max(startOf(from, 60_000), end - KEEP_SECONDS_MS), minutes);
  return Math.max(from, end);
}

/** Writes again what has come late for seconds that were rolled up, and the minutes they are in. */
async function writeLate(keeping: RollUpKeeping, next: number, written: Written): Promise<void> {
  const from = next - LATE_MS;
  for (const t of written.keys()) if (t < from) written.delete(t);
  const first = await writeSeconds(keeping, {from, to: next}, written);
  if (first !== null) await writeMinutes(keeping.shelf, startOf(first, 60_000), startOf(next, 60_000));
}

/** Writes the seconds of a span that hold more than their roll-ups do; returns the first of them, null without any. */
async function writeSeconds(
  {windows, shelf}: RollUpKeeping,
  {from, to}: {from: number; to: number},
  written: Written,
): Promise<number | null> {
  const rows: {t: number; body: string}[] = [];
  const news: Written = new Map();
  for (let t = from; t < to; t += 1000) {
    const known = written.get(t);
    const change = windows.changeAt(t);
    if (change === null || change === known?.change) continue;
    const tally = windows.rollUp(t);
    const entries = tally === null ? 0 : entriesOf(tally);
    // What windows have forgotten since, another release's gray, stays as it was written.
    if (tally !== null && entries > (known?.entries ?? 0)) rows.push({t, body: encodeTally(tally)});
    news.set(t, {entries: Math.max(entries, known?.entries ?? 0), change});
  }
  if (rows.length > 0) await shelf.write('seconds', rows, KEEP_SECONDS_MS);
  for (const [t, one] of news) written.set(t, one);
  return rows[0]?.t ?? null;
}

function entriesOf({parts}: Tally): number {
  return parts.reduce((sum, {entries}) => sum + entries, 0);
}

/** A minute is the merge of its stored seconds, so that it holds what an earlier keeper had measured, too. */
async function writeMinutes(shelf: RollUpShelf, from: number, end: number): Promise<void> {
  const stored = await shelf.read('seconds', from);
  const byMinute = new Map<number, Tally[]>();
  for (const {t, body} of stored) {
    const tally = t < end ? decodeTally(t, body) : null;
    const minute = startOf(t, 60_000);
    if (tally !== null) byMinute.set(minute, [...(byMinute.get(minute) ?? []), tally]);
  }
  const minutes = Array.from(byMinute, ([t, tallies]) => ({
    t,
    body: encodeTally(mergeTallies(t, 60_000, tallies)),
  }));
  if (minutes.length > 0) await shelf.write('minutes', minutes, KEEP_MINUTES_MS);
}

function settledBy(now: number): number {
  return startOf(now - SETTLED_AFTER_MS, 1000);
}

function startOf(ms: number, length: number): number {
  return Math.floor(ms / length) * length;
}
