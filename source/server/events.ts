import type {ServerResponse} from 'node:http';
import type {Commit} from '../release/commit.ts';
import type {ServedFeature} from './served.ts';

/** So that a proxy between keeps the line open, milliseconds. */
const BEAT_MS = 15_000;
/** Who takes nothing for so long is gone, milliseconds. */
const STUCK_MS = 60_000;
/** Another server may have been told of a commit so much earlier, milliseconds. */
const LATE_MS = 3000;
/** Commits whose text is kept, for the many who wait for the newest. */
const TEXTS_KEPT = 64;

/** One who follows: how far he has been told, and whether his line is full. */
interface Follower {
  response: ServerResponse;
  /** May act, and is told what hooks run and which people are named. */
  mayAct: boolean;
  /** Commits told, and the id of the last, which tells whether the log is still the same; null: not compared yet. */
  told: number;
  lastId: string | null;
  /** Since when nothing more could be sent, milliseconds; null: it can. */
  fullSince: number | null;
}

/**
 * Tells a feature's log to all who follow it, as server-sent events: `id` is the version, `data` the commit. Nobody's
 * line is written further than he reads: memory is bounded, and whoever is slow keeps nobody else waiting.
 */
export class EventHub {
  readonly #feature: ServedFeature;
  readonly #followers = new Set<Follower>();
  readonly #texts = {all: new Map<Commit, string>(), forReaders: new Map<Commit, string>()};
  readonly #stop: () => void;
  readonly #beat: NodeJS.Timeout;

  constructor(feature: ServedFeature) {
    this.#feature = feature;
    this.#stop = feature.view.subscribe(() => this.#sendToAll());
    this.#beat = setInterval(() => this.#keepAlive(), BEAT_MS);
    this.#beat.unref();
  }

  get size(): number {
    return this.#followers.size;
  }

  /**
   * Begins to tell. The head of the answer is already written.
   * @param after version of the last event that was received; 0: from the first on
   */
  follow(response: ServerResponse, after: number, mayAct: boolean): void {
    const follower: Follower = {response, mayAct, told: after, lastId: null, fullSince: null};
    this.#followers.add(follower);
    // Who knows more than there is may have heard it a moment before us; after a while it was another log.
    const late = setTimeout(() => {
      if (follower.told <= this.#feature.view.commits().length) return;
      this.#begin(follower);
      this.#catchUp(follower);
    }, LATE_MS);
    late.unref();
    const leave = () => {
      clearTimeout(late);
      this.#followers.delete(follower);
    };
    response.on('close', leave);
    response.on('error', leave);
    response.on('drain', () => {
      follower.fullSince = null;
      this.#catchUp(follower);
    });
    this.#send(follower, 'retry: 2000\n\n');
    this.#catchUp(follower);
  }

  close(): void {
    this.#stop();
    clearInterval(this.#beat);
    for (const {response} of this.#followers) response.end();
    this.#followers.clear();
  }

  #sendToAll(): void {
    for (const follower of this.#followers) if (follower.fullSince === null) this.#catchUp(follower);
  }

  #catchUp(follower: Follower): void {
    const commits = this.#feature.view.commits();
    if (follower.lastId === null) {
      if (follower.told > commits.length) return;
      follower.lastId = commits[follower.told - 1]?.id ?? null;
    }
    if ((commits[follower.told - 1]?.id ?? null) !== follower.lastId) this.#begin(follower);
    while (follower.fullSince === null) {
      const commit = commits[follower.told];
      if (commit === undefined) return;
      follower.told++;
      follower.lastId = commit.id;
      this.#send(follower, this.#textOf(commit, follower.mayAct));
    }
  }

  /** What he was told is void. */
  #begin(follower: Follower): void {
    follower.told = 0;
    follower.lastId = null;
    this.#send(follower, BROKEN);
  }

  #send(follower: Follower, text: string): void {
    if (!follower.response.write(text)) follower.fullSince ??= performance.now();
  }

  #textOf(commit: Commit, mayAct: boolean): string {
    const texts = mayAct ? this.#texts.all : this.#texts.forReaders;
    const known = texts.get(commit);
    if (known !== undefined) return known;
    const text = `id: ${commit.version}\nevent: commit\ndata: ${this.#feature.commit(commit, mayAct)}\n\n`;
    texts.set(commit, text);
    if (texts.size > TEXTS_KEPT) {
      const [oldest] = texts.keys();
      if (oldest !== undefined) texts.delete(oldest);
    }
    return text;
  }

  #keepAlive(): void {
    const now = performance.now();
    for (const follower of this.#followers) {
      if (follower.fullSince === null) this.#send(follower, ': alive\n\n');
      else if (now - follower.fullSince > STUCK_MS) follower.response.destroy();
    }
  }
}

/** Everything told so far is void; what comes next is told from the first commit on. */
const BROKEN = 'event: broken\ndata: {"schema":"graydeck.broken/1"}\n\n';
