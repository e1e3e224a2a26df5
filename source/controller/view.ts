import {setTimeout as delay} from 'node:timers/promises';
import type {Commit} from '../release/commit.ts';
import type {LogNews, LogReader} from '../store/port.ts';
import {emptyFold, foldAll, type Folded, type Taken} from './fold.ts';
import type {ControllerView, Link, Snapshot} from './outcome.ts';
import {pauseAfter, untilDone} from './until-done.ts';

/** What the view needs of a feature: its log to read, and the store's clock. */
export interface ViewSource {
  feature: string;
  log: LogReader;
  now(): number;
}

/** A followed log that a writer may also feed: what `openView` gives out and `openController` builds on. */
export interface FollowedLog extends ControllerView {
  folded(): Folded;
  /** Takes in commits that are known from elsewhere (own writes, a read after a conflict). */
  absorb(commits: readonly Commit[]): void;
  /** Reads what the log holds beyond what is folded in; all of it when the chain does not hold any more. */
  catchUp(): Promise<void>;
}

/** Opens the read-only view of a feature: follows its log until closed. Has no way to write. */
export function openView(source: ViewSource): ControllerView {
  const {feature, snapshot, commits, subscribe, now, ready, close} = followLog(source);
  return {feature, snapshot, commits, subscribe, now, ready, close};
}

export function followLog({feature, log, now}: ViewSource): FollowedLog {
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

  function goOn({folded: next, commits: taken}: Taken) {
    if (taken.length === 0) return;
    folded = next;
    commits = [...commits, ...taken];
    changed();
  }

  async function catchUp() {
    const before = folded;
    const read = await readFrom(before);
    // What was heard meanwhile is known already.
    if (folded === before) goOn(read);
    else absorb(read.commits);
    if (folded !== before || before.head === null) return;
    // Nothing follows what is known: either it is the end, or the log is another one by now.
    const head = await log.head();
    if (folded === before && head?.id !== before.head.id) await readAgain();
  }

  /** Reads the whole log. Where what was known is no part of it any more, it takes its place at one stroke. */
  async function readAgain(): Promise<void> {
    const {head} = folded;
    const read = await readFrom(emptyFold(feature));
    const {commits: all} = read;
    if (head === null || all[head.version - 1]?.id === head.id) return absorb(all);
    // Something was written or heard meanwhile: what was read may be too old to judge it by.
    if (folded.head !== head) return readAgain();
    folded = emptyFold(feature);
    commits = [];
    lastBreak = {why: `version ${head.version}, read before, is no longer in the log`, at: now()};
    if (all.length === 0) changed();
    goOn(read);
  }

  /** Folds all that follows, slice by slice; nobody is told before all of it is there. */
  async function readFrom(start: Folded): Promise<Taken> {
    let read: Taken = {folded: start, commits: []};
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

  /** Reads to the head; whoever asks meanwhile waits for the same attempt. */
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
    // Who waits for it is told; nobody else is.
    arriving.catch(() => undefined);
    return arriving;
  }

  function hear(news: LogNews) {
    switch (news.type) {
      case 'commit':
        absorb([news.commit]);
        // One that does not fit was taken in already, or what is known is no part of the log any more.
        if (!knows(news.commit)) mend();
        return;
      case 'notice':
        // State comes from the log alone, which is read next.
        return;
      case 'broken':
        lastBreak = {why: news.why, at: now()};
        // Until it is read again, what was known is better than nothing to the one who looks on.
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
        if (!signal.aborted) await log.follow(folded.head, hear, signal);
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

/** A listener's mistake is its own: what was written is written, and the others must hear of it. */
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
