import {setTimeout as delay} from 'node:timers/promises';
import type {Commit} from '../release/commit.ts';
import type {RouterStore} from '../store/port.ts';

const FIRST_RETRY_MS = 50;
/** A router is to be right within a second of the store's return. */
const LONGEST_RETRY_MS = 500;

/**
 * What a router hears. `newest`: the newest commit that belongs to the chain; null: the log is empty. It may be older
 * than the one before, where the log lost its end. `notice`: a notification says that the release is rolled back, until the log
 * has been read (`isRollback` false). `broken`: the chain did not hold; the newest commit follows.
 */
export type SplitNews =
  | {type: 'newest'; commit: Commit | null}
  | {type: 'notice'; isRollback: boolean}
  | {type: 'away'; why: string}
  | {type: 'back'}
  | {type: 'broken'; why: string};

/**
 * Follows the newest commit of a feature until the signal aborts: reads it, then hears the bell, and after a break of
 * the chain reads it anew. It never folds the log, and never rejects.
 */
export async function followSplit(
  store: Pick<RouterStore, 'head' | 'follow'>,
  onNews: (news: SplitNews) => void,
  signal: AbortSignal,
): Promise<void> {
  const head = await readHead(store, onNews, signal);
  if (signal.aborted) return;
  /** The newest version told; after a break nothing is until it is known what the newest is. */
  let told = head?.version ?? 0;
  let breaks = 0;
  const replay: {last: Commit | null} = {last: null};
  onNews({type: 'newest', commit: head});

  const readAnew = async () => {
    const turn = ++breaks;
    told = Number.POSITIVE_INFINITY;
    replay.last = null;
    const found = await readHead(store, onNews, signal);
    if (signal.aborted || turn !== breaks) return;
    // The log is followed meanwhile, from its start.
    const newest = newerOf(found, replay.last);
    told = newest?.version ?? 0;
    onNews({type: 'newest', commit: newest});
  };
  await store
    .follow(
      head === null ? null : {version: head.version, id: head.id},
      news => {
        if (news.type === 'commit') {
          replay.last = news.commit;
          if (news.commit.version <= told) return;
          told = news.commit.version;
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

/** The newest commit, asked for until there is an answer. */
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
