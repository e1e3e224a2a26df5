import {setTimeout as pause} from 'node:timers/promises';
import {decodeTally, encodeTally, mergeTallies, type Tally} from '../analysis/roll-up.ts';

/** Where roll-ups lie; the store's port fits as it is. */
export interface RollUpShelf {
  read(kind: 'seconds' | 'minutes', sinceMs: number): Promise<{t: number; body: string}[]>;
  write(kind: 'seconds' | 'minutes', rollUps: {t: number; body: string}[], keepMs: number): Promise<void>;
}

export interface RollUpKeeping {
  /** The second that begins at `t`, as it was measured; null when nothing was. */
  windows: {rollUp(t: number): Tally | null};
  shelf: RollUpShelf;
  /** The store's clock, milliseconds since 1970. */
  now(): number;
}

const SECONDS_KEPT_MS = 3600_000;
const MINUTES_KEPT_MS = 30 * 24 * 3600_000;
/** A second is rolled up when its late batches have come. */
const SETTLED_AFTER_MS = 3000;
/** Somebody whose newest second is no older than this is at it. */
const AT_IT_MS = 12_000;
const LOOK_MS = 5000;
const EVERY_MS = 1000;
/** Seconds rolled up in one go, and the rest in between: the process has keys to answer. */
const AT_ONCE = 20;
const REST_MS = 10;

/**
 * Keeps the roll-ups of a feature: each second for an hour, each minute for thirty days. While somebody else does it
 * already, stands by; two at once would write the same. A store that is away is tried again. Ends with the signal.
 */
export async function keepRollUps(keeping: RollUpKeeping, signal: AbortSignal): Promise<void> {
  let next: number | null = null;
  while (!signal.aborted) {
    try {
      next = next === null ? await firstMissing(keeping) : await writeFrom(keeping, next);
    } catch {
      // What was not written is still in the windows.
    }
    const isBehind = next !== null && next + 1000 < settledBy(keeping.now());
    await pause(next === null ? LOOK_MS : isBehind ? REST_MS : EVERY_MS, undefined, {signal}).catch(
      () => undefined,
    );
  }
}

/** The first second that nobody has rolled up; null while somebody else is at it. */
async function firstMissing({shelf, now}: RollUpKeeping): Promise<number | null> {
  const since = now() - SECONDS_KEPT_MS;
  const newest = (await shelf.read('seconds', since)).at(-1)?.t ?? null;
  if (newest === null) return startOf(since, 1000);
  return now() - newest <= AT_IT_MS ? null : newest + 1000;
}

/** Rolls up what has settled since; returns where to go on. */
async function writeFrom({windows, shelf, now}: RollUpKeeping, from: number): Promise<number> {
  const settled = settledBy(now());
  // A process that slept, or a clock that jumped, leaves no more behind than is kept.
  const begin = Math.max(from, settled - SECONDS_KEPT_MS);
  const end = Math.min(settled, begin + AT_ONCE * 1000);
  const seconds: {t: number; body: string}[] = [];
  for (let t = begin; t < end; t += 1000) {
    const tally = windows.rollUp(t);
    if (tally !== null) seconds.push({t, body: encodeTally(tally)});
  }
  if (seconds.length > 0) await shelf.write('seconds', seconds, SECONDS_KEPT_MS);
  const minutes = startOf(end, 60_000);
  if (startOf(from, 60_000) < minutes)
    await writeMinutes(shelf, Math.max(startOf(from, 60_000), end - SECONDS_KEPT_MS), minutes);
  return Math.max(from, end);
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
  if (minutes.length > 0) await shelf.write('minutes', minutes, MINUTES_KEPT_MS);
}

function settledBy(now: number): number {
  return startOf(now - SETTLED_AFTER_MS, 1000);
}

function startOf(ms: number, length: number): number {
  return Math.floor(ms / length) * length;
}
