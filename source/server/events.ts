import type {ServerResponse} from 'node:http';
import type {Commit} from '../release/commit.ts';
import type {ServedFeature} from './served.ts';

/** Milliseconds between two comments that keep the connection open through a proxy. */
const BEAT_MS = 15_000;
/** Milliseconds after which a client that reads nothing is disconnected. */
const STUCK_MS = 60_000;
/** Milliseconds by which another server may have known a commit earlier. */
const LATE_MS = 3000;
/** Most commits whose text is cached for clients at the head. */
const TEXTS_KEPT = 64;

/** A client that follows the log. */
interface Follower {
  response: ServerResponse;
  /** May act: gets commands of hooks and ids of people. */
  mayAct: boolean;
  /**
   * Number of commits sent, and the id of the last one, which detects a replaced log; null before the first
   * comparison.
   */
  sent: number;
  lastId: string | null;
  /** Since when the connection takes no more data, milliseconds; null if it does. */
  fullSince: number | null;
}

/**
 * Sends a feature's log to its followers as server-sent events: `id` is the version, `data` the commit. A
 * connection gets no more than its client reads, so memory is bounded and a slow client delays no other.
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
   * Begins to send. The head of the answer is written already.
   * @param after version of the last event that the client received; 0 sends all
   */
  follow(response: ServerResponse, after: number, mayAct: boolean): void {
    const follower: Follower = {response, mayAct, sent: after, lastId: null, fullSince: null};
    this.#followers.add(follower);
    // If the client knows more commits than this server, another server may have been faster. After `LATE_MS`
    // it was another log.
    const late = setTimeout(() => {
      if (follower.sent <= this.#feature.view.commits().length) return;
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
      if (follower.sent > commits.length) return;
      follower.lastId = commits[follower.sent - 1]?.id ?? null;
    }
    if ((commits[follower.sent - 1]?.id ?? null) !== follower.lastId) this.#begin(follower);
    while (follower.fullSince === null) {
      const commit = commits[follower.sent];
      if (commit === undefined) return;
      follower.sent++;
      follower.lastId = commit.id;
      this.#send(follower, this.#textOf(commit, follower.mayAct));
    }
  }

  /** Announces that all events sent so far are void, and begins at the first commit. */
  #begin(follower: Follower): void {
    follower.sent = 0;
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

/** Event: all events sent so far are void. The log follows from its first commit. */
const BROKEN = 'event: broken\ndata: {"schema":"graydeck.broken/1"}\n\n';
