import {setTimeout as pause} from 'node:timers/promises';
import {changeOrTime, type WorkingLog} from '../controller/working-log.ts';
import type {Due} from './due.ts';
import {Outbox, TRY_AGAIN_MS, type OutboxOptions} from './outbox.ts';

/** Longest wait for a moment of the clock, milliseconds: duty changes without a commit. */
const LOOK_AGAIN_MS = 1000;
/** What is under way gets so long when it is time to go, milliseconds: less than a guard has to end. */
const ENDS_WITHIN_MS = 1200;

/** Whether anything has been written since it was last asked: what happens while something is begun must not wait. */
function newsOf(log: Pick<WorkingLog, 'subscribe'>): {taken(): boolean; close(): void} {
  let hasNews = false;
  const close = log.subscribe(() => {
    hasNews = true;
  });
  const taken = () => {
    const had = hasNews;
    hasNews = false;
    return had;
  };
  return {taken, close};
}

/** Stays beside a feature and tells people, until the signal aborts; what is under way then may end for a moment. */
export async function keepOutbox(options: OutboxOptions, signal: AbortSignal): Promise<void> {
  if (options.channels.length === 0) return;
  const outbox = new Outbox(options);
  const {log} = options;
  const news = newsOf(log);
  for (const {warm} of options.channels) void warm?.().catch(() => undefined);
  while (!signal.aborted) {
    news.taken();
    const wait = await outbox.begin().catch(() => null);
    if (news.taken() && wait !== null) continue;
    await changeOrTime(log, pauseOf(options, wait), signal);
  }
  news.close();
  await Promise.race([outbox.underWay(), pause(ENDS_WITHIN_MS)]);
}

/**
 * Tells people while a verb is at its work (`after`), then sees through what is due, retries included, for at most `forMs`.
 * What is left is sent by the next process.
 */
export async function emptyOutbox(
  options: OutboxOptions,
  {forMs, after}: {forMs: number; after: Promise<unknown>},
  signal: AbortSignal,
): Promise<void> {
  if (options.channels.length === 0) return;
  const outbox = new Outbox(options);
  const {log} = options;
  const news = newsOf(log);
  let giveUpAt = Number.POSITIVE_INFINITY;
  const over = () => {
    giveUpAt = performance.now() + forMs;
  };
  const ended = after.then(over, over);
  while (!signal.aborted) {
    news.taken();
    const wait = await outbox.begin().catch(() => null);
    if (news.taken() && wait !== null) continue;
    const leftMs = giveUpAt - performance.now();
    const until = options.isOnDuty() ? (wait?.until ?? null) : null;
    const dueMs = until === null ? Number.POSITIVE_INFINITY : until - log.now();
    if (leftMs <= 0 || (Number.isFinite(leftMs) && outbox.isIdle && dueMs > leftMs)) break;
    const turn = new AbortController();
    const ms = Math.min(pauseOf(options, wait), Math.max(leftMs, 0));
    const change = changeOrTime(log, ms, AbortSignal.any([signal, turn.signal]));
    await Promise.race([
      change,
      ...(outbox.isIdle ? [] : [outbox.underWay()]),
      ...(Number.isFinite(leftMs) ? [] : [ended]),
    ]);
    turn.abort();
  }
  news.close();
}

/** How long there is nothing to be done unless something happens; null: it could not be looked. Milliseconds. */
function pauseOf({log}: OutboxOptions, wait: Extract<Due, {what: 'wait'}> | null): number {
  if (wait === null) return TRY_AGAIN_MS;
  return wait.until === null ? LOOK_AGAIN_MS : Math.min(Math.max(wait.until - log.now(), 0), LOOK_AGAIN_MS);
}
