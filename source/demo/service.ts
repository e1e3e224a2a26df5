import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Commit} from '../release/commit.ts';
import type {Split} from '../release/split.ts';
import type {RouterStore} from '../store/port.ts';
import {pastOf} from './history.ts';
import {Instance} from './instance.ts';
import {saying} from './people.ts';
import {seeded} from './random.ts';

const INSTANCES = ['web-1', 'web-2', 'web-3'];
const FLUSH_MS = 250;
const REPORT_MS = 5000;
/** One user says something so often; of gray, which is what is new, more often than of prod. */
const SAYS_MS = 4000;
const SAYS_OF_GRAY = 0.7;
/** News takes a moment to reach a process; each has a moment of its own. */
const NEWS_TAKES_MS = {least: 5, spread: 110};
const KEEP_MS = 20 * 60_000;

/** A simulated service: a client of the store like any other, with the rights of one. */
export interface DemoService {
  /** When gray begins to fail, by the store's clock; null: not planned. */
  failsAt(): number | null;
  /** Whether gray is failing now. */
  isFailing(): boolean;
  /** Lets gray begin to fail now, or lets it recover. */
  toggle(): void;
  /** Writes the past of prod, so that a console has something to look back on. */
  writePast(): Promise<void>;
  close(): Promise<void>;
}

export interface DemoOptions {
  store: RouterStore;
  now(): number;
  /** When gray begins to fail, in milliseconds after the start; null: only on demand. */
  failsAfterMs: number | null;
  seed?: number;
}

/** Starts the service: three instances, each placing its users by the split it knows and reporting what it applied. */
export function startDemoService({store, now, failsAfterMs, seed = 20_261_123}: DemoOptions): DemoService {
  const random = seeded(seed);
  const instances = INSTANCES.map(
    (name, index) => new Instance(name, store.feature, seeded(seed + index + 1)),
  );
  const stop = new AbortController();
  const startedAt = now();
  const timers = new Set<NodeJS.Timeout>();
  let failsAt = failsAfterMs === null ? null : startedAt + failsAfterMs;
  const people = seeded(seed + 100);
  let servedUntil = startedAt;
  let split: Split | null = null;
  let writing: Promise<unknown> = Promise.resolve();

  // A store that is away loses what was measured meanwhile, as it would for any app: it must not stop the service.
  const send = (work: () => Promise<unknown>) => {
    writing = writing.then(work).catch(() => undefined);
  };
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const hear = (commit: Commit) => {
    split = commit.split;
    for (const instance of instances) {
      later(NEWS_TAKES_MS.least + random() * NEWS_TAKES_MS.spread, () => {
        instance.apply(commit);
        send(() => store.report(instance.report()));
      });
    }
  };
  const serve = () => {
    const at = now();
    const ms = Math.min(Math.max(0, at - servedUntil), 4 * FLUSH_MS);
    servedUntil = at;
    for (const instance of instances) instance.serve(at, ms, 1 / instances.length, failsAt);
    for (const instance of instances)
      send(() => instance.flush(at, entries => store.writeSamples(entries, KEEP_MS)));
  };
  const isFailing = () => failsAt !== null && now() >= failsAt;
  const say = () => {
    const side = people() < SAYS_OF_GRAY ? 'gray' : 'prod';
    const text = split === null ? null : saying(side, split, isFailing(), people);
    if (text !== null) send(() => store.writeFeedback(text));
  };
  const reportAll = () => {
    for (const instance of instances) send(() => store.report(instance.report()));
  };

  const following = (async () => {
    const head = await store.head();
    for (const instance of instances) if (head !== null) instance.apply(head);
    split ??= head?.split ?? null;
    reportAll();
    const after = head === null ? null : {version: head.version, id: head.id};
    await store.follow(after, news => void (news.type === 'commit' && hear(news.commit)), stop.signal);
  })().catch(() => undefined);
  const serving = setInterval(serve, FLUSH_MS);
  const reporting = setInterval(reportAll, REPORT_MS);
  const speaking = setInterval(say, SAYS_MS);

  return {
    failsAt: () => failsAt,
    isFailing,
    toggle() {
      failsAt = isFailing() ? null : now();
    },
    async writePast() {
      for (const entries of pastOf(startedAt, now, random)) {
        if (stop.signal.aborted) return;
        await store.writeSamples(entries, KEEP_MS);
        // The screen and its keys come first.
        await nextTurn();
      }
    },
    async close() {
      stop.abort();
      clearInterval(serving);
      clearInterval(reporting);
      clearInterval(speaking);
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([following, writing]);
    },
  };
}
