import {setTimeout as delay} from 'node:timers/promises';
import type {Commit} from '../release/commit.ts';
import type {LogNews, LogReader} from '../store/port.ts';
import {emptyFold, foldAll, type Folded, type FoldedCommits} from './fold.ts';
import type {ControllerView, Link, Snapshot} from './outcome.ts';
import {pauseAfter, untilDone} from './working-log.ts';

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

/** Follows the log of a feature until it is closed. */
export function followFeature(source: ViewSource): FollowedLog {
  return new LogFollower(source);
}

/** Methods of the interface are bound, so that views can hand them on. */
class LogFollower implements FollowedLog {
  readonly feature: string;
  readonly now: () => number;
  readonly #log: LogReader;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #opened = Promise.withResolvers<void>();
  readonly #mend: () => void;
  readonly #following: Promise<void>;
  #folded: Folded;
  #commits: readonly Commit[] = [];
  #link: Link = {state: 'opening'};
  #lastBreak: Snapshot['lastBreak'] = null;
  #snapshot: Snapshot;
  #isOpen = false;
  #arriving: Promise<void> | null = null;

  constructor({feature, log, now}: ViewSource) {
    this.feature = feature;
    this.now = now;
    this.#log = log;
    this.#folded = emptyFold(feature);
    this.#snapshot = this.#shot();
    this.#mend = untilDone(() => this.#readAgain(), this.#stop.signal);
    this.#following = this.#run();
  }

  readonly folded = (): Folded => this.#folded;

  readonly snapshot = (): Snapshot => this.#snapshot;

  readonly commits = (): readonly Commit[] => this.#commits;

  readonly ready = (): Promise<void> => (this.#isOpen ? Promise.resolve() : this.#arrive());

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly absorb = (known: readonly Commit[]): void => {
    this.#goOn(foldAll(this.#folded, known));
  };

  readonly catchUp = async (): Promise<void> => {
    const before = this.#folded;
    const read = await this.#readFrom(before);
    // Commits that arrived meanwhile are skipped.
    if (this.#folded === before) this.#goOn(read);
    else this.absorb(read.commits);
    if (this.#folded !== before || before.head === null) return;
    // No commit follows the head: either it is the end, or the log was replaced.
    const head = await this.#log.head();
    if (this.#folded === before && head?.id !== before.head.id) await this.#readAgain();
  };

  readonly close = async (): Promise<void> => {
    this.#stop.abort();
    this.#listeners.clear();
    await this.#following;
  };

  #shot(): Snapshot {
    return {...this.#folded, link: this.#link, lastBreak: this.#lastBreak};
  }

  #changed(): void {
    this.#snapshot = this.#shot();
    for (const listener of this.#listeners) callApart(listener);
  }

  #goOn({folded: next, commits: taken}: FoldedCommits): void {
    if (taken.length === 0) return;
    this.#folded = next;
    this.#commits = [...this.#commits, ...taken];
    this.#changed();
  }

  /** Reads the whole log. If the known head is no longer in it, the new log replaces it in one step. */
  async #readAgain(): Promise<void> {
    const {head} = this.#folded;
    const read = await this.#readFrom(emptyFold(this.feature));
    const {commits: all} = read;
    if (head === null || all[head.version - 1]?.id === head.id) return this.absorb(all);
    // A commit arrived meanwhile, so the result may be too old to compare.
    if (this.#folded.head !== head) return await this.#readAgain();
    this.#folded = emptyFold(this.feature);
    this.#commits = [];
    this.#lastBreak = {
      why: `version ${head.version} was in the log and is not any more`,
      at: this.now(),
    };
    if (all.length === 0) this.#changed();
    this.#goOn(read);
  }

  /** Folds all commits after `start`, slice by slice. Listeners are called only after the last one. */
  async #readFrom(start: Folded): Promise<FoldedCommits> {
    let read: FoldedCommits = {folded: start, commits: []};
    const take = (slice: readonly Commit[]) => {
      const more = foldAll(read.folded, slice);
      read = {folded: more.folded, commits: read.commits.concat(more.commits)};
    };
    take(await this.#log.read(start.head?.version ?? 0, take));
    return read;
  }

  #knows({version, id}: Commit): boolean {
    return this.#commits[version - 1]?.id === id;
  }

  /** Reads up to the head. Concurrent calls share one read. */
  #arrive(): Promise<void> {
    if (this.#arriving !== null) return this.#arriving;
    const arriving = (async () => {
      try {
        await this.catchUp();
      } finally {
        this.#arriving = null;
      }
      this.#isOpen = true;
      this.#link = {state: 'up'};
      this.#changed();
      this.#opened.resolve();
    })();
    this.#arriving = arriving;
    // The caller gets the error; an unhandled rejection must not end the process.
    arriving.catch(() => undefined);
    return arriving;
  }

  #receive(news: LogNews): void {
    switch (news.type) {
      case 'commit':
        this.absorb([news.commit]);
        // The commit is known already, or the known head is no longer in the log.
        if (!this.#knows(news.commit)) this.#mend();
        return;
      case 'notice':
        // State comes from the log alone, which is read next.
        return;
      case 'broken':
        this.#lastBreak = {why: news.why, at: this.now()};
        // The known state stays visible until the log has been read again.
        this.#mend();
        break;
      case 'away':
        this.#link = {state: 'away', why: news.why, since: this.now()};
        break;
      case 'back':
        this.#link = {state: 'up'};
        break;
    }
    this.#changed();
  }

  async #run(): Promise<void> {
    const {signal} = this.#stop;
    const stopped = new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve());
    });
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await Promise.race([this.#arrive(), stopped]);
        if (!signal.aborted) await this.#log.follow(this.#folded.head, news => this.#receive(news), signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (this.#link.state !== 'away')
          this.#link = {state: 'away', why: messageOf(error), since: this.now()};
        this.#changed();
      }
      const paused = delay(pauseAfter(failures), undefined, {signal}).catch(() => undefined);
      await Promise.race(this.#isOpen ? [paused] : [paused, this.#opened.promise]);
    }
  }
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
