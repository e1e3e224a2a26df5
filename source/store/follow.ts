import {setImmediate as nextTurn, setTimeout as delay} from 'node:timers/promises';
import {SCHEMA, type Commit} from '../release/commit.ts';
import {decodeAt, decodeNext, type Last, type LogEntry} from './chain.ts';
import type {LogNews} from './port.ts';

/** Access of an adapter to a log. Every method may throw if the store is away. */
export interface LogSource {
  /** Entries from version `from` on, in order, at most `limit`. */
  entries(from: number, limit: number): Promise<LogEntry[]>;
  /** The newest entries in order, at most `limit`. */
  newest(limit: number): Promise<LogEntry[]>;
  /** Subscribes to changes. */
  subscribe(): LogSubscription;
  /** False: waiting for a store that is away does not keep the process running. */
  keepAlive?: boolean;
}

/** Notifies of possible changes of the log. */
export interface LogSubscription {
  /**
   * Resolves at the next notification, at once if one came since the last `wait` (or since `subscribe`), else after `maxMs` or
   * when the signal aborts. Gives the text of the commit if the notification carries it, else null. Never rejects.
   */
  wait(maxMs: number, signal: AbortSignal): Promise<string | null>;
  close(): void;
}

/** Longest time between two reads of the log, with or without notifications, in milliseconds. */
export const LOOK_EVERY_MS = 2000;
/** Entries read at once. */
const PAGE = 256;
const FIRST_RETRY_MS = 50;
/** Longest pause before another attempt, in milliseconds. Followers have to be right within 1 s of the store's return. */
const LONGEST_RETRY_MS = 500;

/** The position of a follower. */
export interface Position {
  last: Last;
  /** An entry that cannot follow `last` and was reported. It is reported once. */
  foreign: string | null;
}

/**
 * One step of a follower: from its position and the log from `last.version` (or 1) on to the news. After `broken` the position
 * is the start, and the caller reads again from there.
 */
export function advance(
  position: Position,
  entries: readonly LogEntry[],
): {position: Position; news: LogNews[]} {
  const {foreign} = position;
  let {last} = position;
  const news: LogNews[] = [];
  const broken = (why: string, entry: LogEntry | undefined) => {
    news.push({type: 'broken', why});
    return {position: {last: null, foreign: entry === undefined ? null : fingerprint(entry)}, news};
  };
  if (last !== null) {
    const [first] = entries;
    const ours = decodeAt(last.version, first);
    if (ours === null) return broken(`version ${last.version}, read before, is no longer in the log`, first);
    if (ours.id !== last.id) return broken(`another commit stands at version ${last.version} now`, first);
  }
  for (const entry of last === null ? entries : entries.slice(1)) {
    const decoded = decodeNext(last, entry);
    if (!decoded.ok) {
      if (fingerprint(entry) !== foreign) return broken(decoded.why, entry);
      break;
    }
    last = {version: decoded.commit.version, id: decoded.commit.id};
    news.push({type: 'commit', commit: decoded.commit});
  }
  return {position: {last, foreign}, news};
}

/**
 * Follows a log as `LogReader.follow` promises: commits without gap or repeat, the chain of parents verified,
 * `broken` once for each break, `away` and `back` once each. Every adapter uses it.
 */
export async function followLog(
  source: LogSource,
  after: Last,
  onNews: (news: LogNews) => void,
  signal: AbortSignal,
): Promise<void> {
  const subscription = source.subscribe();
  let position: Position = {last: after, foreign: null};
  let retryMs = 0;
  let isNoticed = false;
  try {
    while (!signal.aborted) {
      let entries: LogEntry[];
      try {
        entries = await source.entries(position.last?.version ?? 1, PAGE);
      } catch (error) {
        if (signal.aborted) return;
        if (retryMs === 0)
          onNews({type: 'away', why: error instanceof Error ? error.message : String(error)});
        retryMs = Math.min(Math.max(FIRST_RETRY_MS, retryMs * 2), LONGEST_RETRY_MS);
        await delay(retryMs, undefined, {signal, ref: source.keepAlive ?? true}).catch(() => undefined);
        continue;
      }
      if (signal.aborted) return;
      if (retryMs > 0) onNews({type: 'back'});
      retryMs = 0;
      const step = advance(position, entries);
      position = step.position;
      for (const news of step.news) onNews(news);
      const more = entries.length === PAGE && step.news.length > 0;
      if (more || step.news.at(-1)?.type === 'broken') continue;
      if (isNoticed) onNews({type: 'notice', commit: null});
      const commit = rollbackIn(await subscription.wait(LOOK_EVERY_MS, signal), position.last);
      isNoticed = commit !== null && !signal.aborted;
      if (isNoticed) onNews({type: 'notice', commit});
    }
  } finally {
    subscription.close();
  }
}

/**
 * Gives the commit that a notification carries, if it comes right after `last` and rolls back. Any other commit is read from the
 * log: a notification can be sent without a commit, and must not give gray to more users.
 */
function rollbackIn(text: string | null, last: Last): Commit | null {
  if (text === null) return null;
  const decoded = decodeNext(last, {version: (last?.version ?? 0) + 1, text});
  if (!decoded.ok || decoded.commit.minReader > SCHEMA) return null;
  const {events, split} = decoded.commit;
  return !split.live && events.some(({type}) => type === 'rollback-started') ? decoded.commit : null;
}

/** The commits after a version, as `LogReader.read` promises. */
export async function readLog(
  source: LogSource,
  afterVersion: number,
  take?: (slice: Commit[]) => void,
  onBreak?: (why: string) => void,
): Promise<Commit[]> {
  let commits: Commit[] = [];
  let last: Last = null;
  let from = 1;
  if (afterVersion > 0) {
    last = decodeAt(afterVersion, (await source.entries(afterVersion, 1))[0]);
    if (last === null) return [];
    from = afterVersion + 1;
  }
  for (;;) {
    const entries = await source.entries(from, PAGE);
    for (const entry of entries) {
      const decoded = decodeNext(last, entry);
      if (!decoded.ok) {
        onBreak?.(decoded.why);
        return commits;
      }
      last = decoded.commit;
      commits.push(decoded.commit);
    }
    if (entries.length < PAGE) return commits;
    from += PAGE;
    if (take === undefined) continue;
    take(commits);
    commits = [];
    // Lets a console handle keys while it reads a long log.
    await nextTurn();
  }
}

/** The newest commit; null: the log holds none. An entry that cannot follow its neighbour is skipped. */
export async function readHead(source: LogSource): Promise<Commit | null> {
  const newest = await source.newest(2);
  const top = newest.at(-1);
  if (top === undefined) return null;
  const before = newest.length === 2 ? decodeAt(top.version - 1, newest[0]) : null;
  const decoded = decodeNext(before, top);
  if (decoded.ok) return decoded.commit;
  return (await readLog(source, 0)).at(-1) ?? null;
}

function fingerprint(entry: LogEntry): string {
  return `${entry.version} ${entry.text}`;
}
