import {setTimeout as pause} from 'node:timers/promises';
import {emptyFold, fold, type Folded} from '../controller/fold.ts';
import type {Commit} from '../release/commit.ts';
import {deriveSplit} from '../release/derive-split.ts';
import {evolveCommit} from '../release/evolve/evolve.ts';
import {StoreFault} from '../store/fault.ts';
import type {LogReader} from '../store/port.ts';
import type {ServerConnection} from './connection.ts';

/** How long the server holds a request until the next commit, milliseconds. */
const WAIT_MS = 15_000;
const LATE_MS = 10_000;
const FIRST_AGAIN_MS = 200;
const LONGEST_AGAIN_MS = 2000;

/** A part of the log as the server sends it. `split` is null for a token that may only read. */
interface Slice {
  head: {version: number; id: string} | null;
  away: string | null;
  commits: (Omit<Commit, 'split'> & {split: Commit['split'] | null})[];
}

/** The log of a feature, read through a server. */
export function remoteLog(server: ServerConnection, feature: string): LogReader {
  return new RemoteLog(server, feature);
}

class RemoteLog implements LogReader {
  readonly #server: ServerConnection;
  readonly #feature: string;
  readonly #splits: Splits;

  constructor(server: ServerConnection, feature: string) {
    this.#server = server;
    this.#feature = feature;
    this.#splits = new Splits(feature);
  }

  async head(): Promise<Commit | null> {
    const {head} = await this.#slice(0, 0);
    if (head === null) return null;
    const [newest] = await this.read(head.version - 1);
    return newest ?? null;
  }

  async read(...[afterVersion, take]: Parameters<LogReader['read']>): Promise<Commit[]> {
    const all: Commit[] = [];
    for (let after = await this.#splits.begin(afterVersion, version => this.#slice(version, 0)); ;) {
      const {commits} = await this.#slice(after, 0);
      if (commits.length === 0) return all;
      const whole = this.#splits.complete(commits).filter(({version}) => version > afterVersion);
      if (take === undefined) all.push(...whole);
      else take(whole);
      after += commits.length;
    }
  }

  async follow(...[after, onNews, signal]: Parameters<LogReader['follow']>): Promise<void> {
    let known: Known = after;
    for (let failures = 0; !signal.aborted;) {
      try {
        const slice = await this.#slice(known?.version ?? 0, failures === 0 ? WAIT_MS : 0, signal);
        if (slice.away !== null) throw new StoreFault('store-unreachable', slice.away, '');
        if (failures > 0) onNews({type: 'back'});
        failures = 0;
        known = await this.#takeNews(slice, known, onNews);
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0)
          onNews({type: 'away', why: error instanceof Error ? error.message : String(error)});
        failures++;
        const again = Math.min(FIRST_AGAIN_MS * 2 ** failures, LONGEST_AGAIN_MS);
        await pause(again, undefined, {signal}).catch(() => undefined);
      }
    }
  }

  /** Tells the commits after the newest known one. @returns the newest commit known then */
  async #takeNews(
    {head, commits}: Slice,
    before: Known,
    onNews: Parameters<LogReader['follow']>[1],
  ): Promise<Known> {
    const id = before?.id ?? null;
    const isReplaced = commits.length === 0 ? (head?.id ?? null) !== id : commits[0]?.parent !== id;
    if (isReplaced) {
      const why = 'the log of the server does not go on after the newest commit known here';
      onNews({type: 'broken', why});
      this.#splits.forget();
      return null;
    }
    let known = before;
    for (const commit of commits.length === 0 ? [] : await this.read(before?.version ?? 0)) {
      onNews({type: 'commit', commit});
      known = {version: commit.version, id: commit.id};
    }
    return known;
  }

  async #slice(after: number, waitMs: number, signal?: AbortSignal): Promise<Slice> {
    const query = {feature: this.#feature, after, ...(waitMs === 0 ? {} : {waitMs})};
    const {status, body} = await this.#server.get('/api/v1/raw/log', query, signal, waitMs + LATE_MS);
    // A feature without a log is not served yet.
    return status === 404 ? {head: null, away: null, commits: []} : (body as unknown as Slice);
  }
}

/** The newest commit that a follower has been told; null before the first. */
type Known = Parameters<LogReader['follow']>[0];

/** Gives a commit that came without a split the one that follows from the log before it. */
class Splits {
  readonly #feature: string;
  #folded: Folded;

  constructor(feature: string) {
    this.#feature = feature;
    this.#folded = emptyFold(feature);
  }

  forget(): void {
    this.#folded = emptyFold(this.#feature);
  }

  /** From which version to read, so that the splits of all commits after `version` can be told. */
  async begin(version: number, slice: (after: number) => Promise<Slice>): Promise<number> {
    const at = this.#folded.head?.version ?? 0;
    if (at === version) return version;
    const {commits} = await slice(version);
    const hasSplits = commits.every(({split}) => split !== null);
    if (hasSplits) return version;
    this.forget();
    return 0;
  }

  complete(commits: Slice['commits']): Commit[] {
    return commits.map(given => {
      const {split, ...commit} = given;
      if (split !== null) return {...commit, split};
      const state = evolveCommit(this.#folded.state, {...commit, split: this.#folded.split});
      const whole = {...commit, split: deriveSplit(state)};
      this.#folded = fold(this.#folded, whole);
      return whole;
    });
  }
}
