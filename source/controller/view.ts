import {setTimeout as delay} from 'node:timers/promises';
import type {Commit} from '../release/commit.ts';
import type {LogNews, LogReader} from '../store/port.ts';
import {emptyFold, foldAll, type Folded, type FoldedCommits} from './fold.ts';
import type {ControllerView, Link, Snapshot} from './outcome.ts';
import {pauseAfter, untilDone} from './until-done.ts';

/** The log of a feature and the store's clock. */
export interface ViewSource {
  feature: string;
  log: LogReader;
  now(): number;
}

/** A followed log that its writer may feed, too. */
export interface FollowedLog extends ControllerView {
  folded(): Folded;
  /** Folds in commits from elsewhere: own writes, or a read after a conflict. */
  absorb(commits: readonly Commit[]): void;
  /** Reads the commits after the head, or the whole log if the chain is broken. */
  catchUp(): Promise<void>;
}

/** Opens the read-only view of a feature. It follows the log until closed. */
export function openView(source: ViewSource): ControllerView {
  const {feature, snapshot, commits, subscribe, now, ready, close} = followFeature(source);
  return {feature, snapshot, commits, subscribe, now, ready, close};
}

export function followFeature({feature, log, now}: ViewSource): FollowedLog {
  let folded = emptyFold(feature);
  let commits: readonly Commit[] = [];
  let link: Link = {state: 'opening'};
  let lastBreak: Snapshot['lastBreak'] = null;
  let snapshot: Snapshot = shot();
  let isOpen = false;
  let arriving: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const stop = new AbortController();
  const opened = Promise.withResolvers<void>();
  const mend = untilDone(readAgain, stop.signal);

  function shot(): Snapshot {
    return {...folded, link, lastBreak};
  }

  function changed() {
    snapshot = shot();
    for (const listener of listeners) callApart(listener);
  }

  function absorb(known: readonly Commit[]) {
    goOn(foldAll(folded, known));
  }

  function goOn({folded: next, commits: taken}: FoldedCommits) {
    if (taken.length === 0) return;
    folded = next;
    commits = [...commits, ...taken];
    changed();
  }

  async function catchUp() {
    const before = folded;
    const read = await readFrom(before);
    // Commits that arrived meanwhile are skipped.
    if (folded === before) goOn(read);
    else absorb(read.commits);
    if (folded !== before || before.head === null) return;
    // No commit follows the head: either it is the end, or the log was replaced.
    const head = await log.head();
    if (folded === before && head?.id !== before.head.id) await readAgain();
  }

  /** Reads the whole log. If the known head is no longer in it, the new log replaces it in one step. */
  async function readAgain(): Promise<void> {
    const {head} = folded;
    const read = await readFrom(emptyFold(feature));
    const {commits: all} = read;
    if (head === null || all[head.version - 1]?.id === head.id) return absorb(all);
    // A commit arrived meanwhile, so the result may be too old to compare.
    if (folded.head !== head) return readAgain();
    folded = emptyFold(feature);
    commits = [];
    lastBreak = {why: `version ${head.version} was in the log and is not any more`, at: now()};
    if (all.length === 0) changed();
    goOn(read);
  }

  /** Folds all commits after `start`, slice by slice. Listeners are called only after the last one. */
  async function readFrom(start: Folded): Promise<FoldedCommits> {
    let read: FoldedCommits = {folded: start, commits: []};
    const take = (slice: readonly Commit[]) => {
      const more = foldAll(read.folded, slice);
      read = {folded: more.folded, commits: read.commits.concat(more.commits)};
    };
    take(await log.read(start.head?.version ?? 0, take));
    return read;
  }

  function knows({version, id}: Commit): boolean {
    return commits[version - 1]?.id === id;
  }

  /** Reads up to the head. Concurrent calls share one read. */
  function arrive(): Promise<void> {
    if (arriving !== null) return arriving;
    arriving = (async () => {
      try {
        await catchUp();
      } finally {
        arriving = null;
      }
      isOpen = true;
      link = {state: 'up'};
      changed();
      opened.resolve();
    })();
    // The caller gets the error; an unhandled rejection must not end the process.
    arriving.catch(() => undefined);
    return arriving;
  }

  function receive(news: LogNews) {
    switch (news.type) {
      case 'commit':
        absorb([news.commit]);
        // The commit is known already, or the known head is no longer in the log.
        if (!knows(news.commit)) mend();
        return;
      case 'notice':
        // State comes from the log alone, which is read next.
        return;
      case 'broken':
        lastBreak = {why: news.why, at: now()};
        // The known state stays visible until the log has been read again.
        mend();
        break;
      case 'away':
        link = {state: 'away', why: news.why, since: now()};
        break;
      case 'back':
        link = {state: 'up'};
        break;
    }
    changed();
  }

  async function run() {
    const {signal} = stop;
    const stopped = new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve());
    });
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await Promise.race([arrive(), stopped]);
        if (!signal.aborted) await log.follow(folded.head, receive, signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (link.state !== 'away') link = {state: 'away', why: messageOf(error), since: now()};
        changed();
      }
      const paused = delay(pauseAfter(failures), undefined, {signal}).catch(() => undefined);
      await Promise.race(isOpen ? [paused] : [paused, opened.promise]);
    }
  }
  const following = run();

  return {
    feature,
    now,
    absorb,
    catchUp,
    folded: () => folded,
    snapshot: () => snapshot,
    commits: () => commits,
    ready: () => (isOpen ? Promise.resolve() : arrive()),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      stop.abort();
      listeners.clear();
      await following;
    },
  };
}

/**
 * Calls a listener. Its error is thrown outside, because the write is done and other listeners must be
 * called.
 */
function callApart(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
