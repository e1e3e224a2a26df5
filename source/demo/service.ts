import {setImmediate as nextTurn} from 'node:timers/promises';
import {type Feedback, type Rating, encodeFeedback} from '../analysis/feedback/feedback.ts';
import type {Side} from '../analysis/numbers.ts';
import type {Commit} from '../release/commit.ts';
import type {Split} from '../release/split.ts';
import type {RouterStore} from '../store/port.ts';
import {seeded} from './behaviour.ts';
import {prodPastOf} from './history.ts';
import {Instance} from './instance.ts';

type Words = readonly (readonly [type: Feedback['type'], rating: Rating, message: string])[];

const ABOUT_PROD: Words = [
  ['experience', 4, 'works as always'],
  ['suggestion', 3, 'could the receipt be sent by mail?'],
  ['performance', 4, 'quick enough'],
];
const ABOUT_GRAY: Words = [
  ['experience', 5, 'the new payment page is much clearer'],
  ['performance', 5, 'feels faster than before'],
  ['suggestion', 4, 'please keep the old shortcuts'],
];
const ABOUT_FAILING: Words = [
  ['bug', 1, 'the payment was declined, but the money is gone'],
  ['bug', 1, 'the button does nothing'],
  ['performance', 2, 'it takes ages to confirm'],
];

/** Feedback of a simulated user, encoded; null if no version is known for the side. */
export function saying(side: Side, split: Split, isFailing: boolean, random: () => number): string | null {
  const version = side === 'gray' ? split.gray : split.prod;
  if (version === null || (side === 'gray' && !split.live)) return null;
  const words = side === 'prod' ? ABOUT_PROD : isFailing ? ABOUT_FAILING : ABOUT_GRAY;
  const chosen = words[Math.floor(random() * words.length)];
  if (chosen === undefined) return null;
  const [type, rating, message] = chosen;
  return encodeFeedback({type, rating, message, version, phase: null, user: null});
}

const INSTANCES = ['web-1', 'web-2', 'web-3'];
const FLUSH_MS = 250;
const REPORT_MS = 5000;
/** Time between two messages of users, milliseconds, and the share of messages about gray. */
const SAYS_MS = 4000;
const SAYS_OF_GRAY = 0.7;
/** Delay until a process receives a commit, milliseconds. */
const NEWS_TAKES_MS = {least: 5, spread: 110};
const KEEP_MS = 20 * 60_000;

/** The simulated service: a client of the store with the rights of role `app`. */
export interface DemoService {
  /** When gray begins to fail, by the store's clock; null if not planned. */
  failsAt(): number | null;
  /** Whether gray is failing now. */
  isFailing(): boolean;
  /** Makes gray fail now, or lets it recover. */
  toggle(): void;
  /** Writes the past of prod, so that a console has history to show. */
  writePast(): Promise<void>;
  close(): Promise<void>;
}

export interface DemoOptions {
  store: RouterStore;
  now(): number;
  /** Milliseconds after the start until gray begins to fail; null for only on demand. */
  failsAfterMs: number | null;
  seed?: number;
}

/** Starts the service: three instances that place users by their split and report what they applied. */
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

  // While the store is away, measurements are lost and the service continues.
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
  const receive = (commit: Commit) => {
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
    await store.follow(after, news => void (news.type === 'commit' && receive(news.commit)), stop.signal);
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
      for (const entries of prodPastOf(startedAt, now, random)) {
        if (stop.signal.aborted) return;
        await store.writeSamples(entries, KEEP_MS);
        // The screen and its keys have priority.
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
