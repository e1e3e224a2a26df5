import {setTimeout as delay} from 'node:timers/promises';
import type {Commit} from '../release/commit.ts';
import type {RouterStore} from '../store/port.ts';

const FIRST_RETRY_MS = 50;
/**
 * Longest pause between two reads of the head, milliseconds. A router must obey the newest split within 1 s
 * of the store's return.
 */
const LONGEST_RETRY_MS = 500;

/**
 * An event that a router receives about the newest split.
 * - `newest`: the newest commit of the chain; null if the log is empty. Its version may be lower than before
 * if the log lost its end.
 * - `away`, `back`: the store cannot be read, and can be read again.
 * - `broken`: the chain of parents did not hold. The newest commit follows.
 * - `notice`: a notification says that the release is rolled back (`isRollback`). It holds until the log has been read.
 */
export type SplitNews =
  | {type: 'newest'; commit: Commit | null}
  | {type: 'notice'; isRollback: boolean}
  | {type: 'away'; why: string}
  | {type: 'back'}
  | {type: 'broken'; why: string};

/**
 * Follows the newest commit of a feature until the signal aborts. Reads the head, then follows new commits,
 * and reads the head again after a break of the chain. Never folds the log and never rejects.
 */
export async function followSplit(
  store: Pick<RouterStore, 'head' | 'follow'>,
  onNews: (news: SplitNews) => void,
  signal: AbortSignal,
): Promise<void> {
  const head = await readHead(store, onNews, signal);
  if (signal.aborted) return;
  /** Newest version passed on. Infinity after a break, until the head has been read again. */
  let passedOn = head?.version ?? 0;
  let breaks = 0;
  const replay: {last: Commit | null} = {last: null};
  onNews({type: 'newest', commit: head});

  const readAnew = async () => {
    const turn = ++breaks;
    passedOn = Number.POSITIVE_INFINITY;
    replay.last = null;
    const found = await readHead(store, onNews, signal);
    if (signal.aborted || turn !== breaks) return;
    // Meanwhile `follow` replays the log from its start.
    const newest = newerOf(found, replay.last);
    passedOn = newest?.version ?? 0;
    onNews({type: 'newest', commit: newest});
  };
  await store
    .follow(
      head === null ? null : {version: head.version, id: head.id},
      news => {
        if (news.type === 'commit') {
          replay.last = news.commit;
          if (news.commit.version <= passedOn) return;
          passedOn = news.commit.version;
          onNews({type: 'newest', commit: news.commit});
          return;
        }
        if (news.type === 'notice') return onNews({type: 'notice', isRollback: news.commit !== null});
        onNews(news);
        if (news.type === 'broken') void readAnew();
      },
      signal,
    )
    .catch((error: unknown) => onNews({type: 'away', why: messageOf(error)}));
}

function newerOf(one: Commit | null, other: Commit | null): Commit | null {
  return (other?.version ?? 0) > (one?.version ?? 0) ? other : one;
}

/**
 * Reads the newest commit, and retries until the store answers. Null if the log is empty or the signal
 * aborted.
 */
async function readHead(
  store: Pick<RouterStore, 'head'>,
  onNews: (news: SplitNews) => void,
  signal: AbortSignal,
): Promise<Commit | null> {
  let retryMs = 0;
  while (!signal.aborted) {
    try {
      const commit = await store.head();
      if (retryMs > 0 && !signal.aborted) onNews({type: 'back'});
      return commit;
    } catch (error) {
      if (signal.aborted) return null;
      if (retryMs === 0) onNews({type: 'away', why: messageOf(error)});
      retryMs = Math.min(Math.max(FIRST_RETRY_MS, retryMs * 2), LONGEST_RETRY_MS);
      await delay(retryMs, undefined, {signal, ref: false}).catch(() => undefined);
    }
  }
  return null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
