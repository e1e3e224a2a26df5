import type {Report} from '../../../source/audience/applied.ts';
import type {Feedback} from '../../../source/analysis/feedback/feedback.ts';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import {NO_EXTERNAL, type ExternalNumbers} from '../../../source/analysis/judge/read-metric.ts';
import type {Judged} from '../../../source/analysis/judge/findings.ts';
import type {Side, StreamStatus} from '../../../source/analysis/numbers.ts';
import {DistinctSketch} from '../../../source/analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../../../source/analysis/sketches/log-histogram.ts';
import {Sample} from '../../../source/analysis/sample.ts';
import {Windows} from '../../../source/analysis/windows/windows.ts';
import {metricBook} from '../../../source/config/condition/metric-book.ts';
import type {ConsoleMode, Deck, ExtraKey} from '../../../source/console/deck.ts';
import {openController} from '../../../source/controller/controller.ts';
import type {Controller, Outcome} from '../../../source/controller/outcome.ts';
import {Judging} from '../../../source/monitor/judging.ts';
import type {MonitorView} from '../../../source/monitor/monitor.ts';
import {releaseFacts} from '../../../source/monitor/judge-until.ts';
import type {MonitorSources, SourceLight} from '../../../source/monitor/snapshot.ts';
import {SnapshotFeed} from '../../../source/monitor/snapshot-feed.ts';
import {encodeSample, type Measured} from '../../../source/metrics/encode.ts';
import type {MetricSnapshot} from '../../../source/metrics/prometheus/snapshot.ts';
import {SampleParser} from '../../../source/metrics/sample.ts';
import type {Actor, Intent} from '../../../source/release/command.ts';
import type {Commit} from '../../../source/release/commit.ts';
import type {AppendResult, LogNews, LogReader, LogWriter, StoreHealth} from '../../../source/store/port.ts';

/** A log in memory; its clock is the world's. */
class MemoryLog implements LogReader, LogWriter {
  readonly commits: Commit[] = [];
  readonly #followers = new Set<(news: LogNews) => void>();
  /** When set, every write fails with it. */
  fault: Error | null = null;

  async head(): Promise<Commit | null> {
    return this.commits.at(-1) ?? null;
  }
  async read(afterVersion: number): Promise<Commit[]> {
    return this.commits.slice(afterVersion);
  }
  async follow(_: unknown, onNews: (news: LogNews) => void, signal: AbortSignal): Promise<void> {
    this.#followers.add(onNews);
    await new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve());
    });
    this.#followers.delete(onNews);
  }
  async append(commit: Commit): Promise<AppendResult> {
    if (this.fault !== null) throw this.fault;
    if (commit.version !== this.commits.length + 1) return {outcome: 'conflict'};
    this.commits.push(commit);
    this.tell({type: 'commit', commit});
    return {outcome: 'written'};
  }
  tell(news: LogNews): void {
    for (const follower of this.#followers) follower(news);
  }
}

/** What a side does in a second. */
export interface Traffic {
  requests: number;
  /** Shares, 0–1. */
  errors: number;
  conversions: number;
  unavailable: number;
  medianMs: number;
  extra?: {counters?: Record<string, number>; gauges?: Record<string, number>};
}

export const LIU: Actor = {name: 'liu on laptop', kind: 'person'};

/** A release with its log, measurements and routers, all in one process, on a clock that can stand in the past. */
export class World {
  readonly log = new MemoryLog();
  readonly windows = new Windows();
  readonly controller: Controller;
  routers: Report[] = [];
  sources: SourceLight[] = [];
  health: StoreHealth = {state: 'up', pingMs: 0.8};
  stream: StreamStatus = {entries: 0, repeats: 0, junk: 0, lastJunk: null, away: null, aheadMs: null};
  /** Numbers that no sample speaks of. */
  external: ExternalNumbers = NO_EXTERNAL;
  externals: MetricSnapshot[] = [];
  /** Epoch under which this very console guards; null: it does not. */
  ownEpoch: number | null = null;
  guardSilentMs: number | null = null;
  /** Feedback that was given here. */
  readonly given: Feedback[] = [];
  giveFeedback = async (feedback: Feedback): Promise<void> => {
    this.given.push(feedback);
  };
  #judging: Judging | null = null;
  #judged: Judged | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #parser = new SampleParser(this.windows.table);
  readonly #sample = new Sample();
  readonly feature: string;
  #now: () => number;
  #noise = 1;
  #ids = 0;

  constructor(feature: string, now: () => number) {
    this.feature = feature;
    this.#now = now;
    this.controller = openController({feature, log: this.log, now: () => this.#now()});
  }

  now(): number {
    return this.#now();
  }

  /** Sets the clock: for telling what happened earlier. */
  clock(now: () => number): void {
    this.#now = now;
  }

  async act(intent: Intent, by: Actor = LIU, reason?: string): Promise<Outcome> {
    const outcome = await this.controller.execute(intent, reason === undefined ? {by} : {by, reason});
    const {state, split, head} = this.controller.snapshot();
    const {release} = state;
    this.windows.begin({
      release: split.live ? split.release : null,
      splitVersion: head?.version ?? 0,
      since: release?.splitChangedAt ?? 0,
    });
    return outcome;
  }

  /** Numbers that look like chance and are the same in every run. */
  chance(): number {
    this.#noise = (this.#noise * 48_271) % 2_147_483_647;
    return this.#noise / 2_147_483_647;
  }

  /** One second of a side, as one instance would send it. */
  measure(side: Side, at: number, traffic: Traffic): void {
    const requests = Math.max(0, Math.round(traffic.requests * (0.85 + 0.3 * this.chance())));
    // Stochastic rounding: rare events stay rare, and a second costs the same however many requests it holds.
    const pick = (share: number): number => {
      const expected = requests * share * (0.6 + 0.8 * this.chance());
      return Math.floor(expected) + (this.chance() < expected % 1 ? 1 : 0);
    };
    const times = new LogHistogram();
    const users = new DistinctSketch();
    const drawn = Math.min(requests, 24);
    for (let index = 0; index < drawn; index++) {
      const spread = this.chance() + this.chance() + this.chance() - 1.5;
      const each = Math.floor(((index + 1) * requests) / drawn) - Math.floor((index * requests) / drawn);
      times.add(traffic.medianMs * Math.exp(spread * 0.9), each);
      users.add(`u-${Math.floor(this.chance() * 9000)}`);
    }
    this.#take(at, {
      side,
      counters: {
        requests,
        errors: pick(traffic.errors),
        conversions: pick(traffic.conversions),
        unavailable: pick(traffic.unavailable),
        ...traffic.extra?.counters,
      },
      gauges: traffic.extra?.gauges ?? {},
      distributions: requests > 0 ? {response_time: times} : {},
      users,
    });
  }

  #take(at: number, measured: Measured): void {
    const wrong = this.#parser.parse(encodeSample(measured), at, this.#sample);
    if (wrong === null) this.windows.add(this.#sample, Math.max(at, this.now()));
    this.stream = {...this.stream, entries: this.stream.entries + 1};
  }

  /** Somebody begins to judge the release, `ms` ago: a real judge, on the samples that are here. */
  beginJudging(ms: number): void {
    const {release} = this.controller.snapshot().state;
    if (release === null) throw new Error('nothing to judge');
    this.#judging = new Judging(
      {
        windows: this.windows,
        aheadMs: () => null,
        external: this.external,
        traits: metricBook().find,
        createEvaluator,
      },
      {release: release.id, at: this.#second() - ms, notBefore: 0, version: 0, judge: null, evidence: null},
    );
    this.judge();
  }

  /** Judges every second until now. */
  judge(): void {
    const judging = this.#judging;
    const {release} = this.controller.snapshot().state;
    if (judging === null || release === null) return;
    for (let at = judging.at + 1000; at <= this.#second(); at += 1000) {
      const scene = releaseFacts(judging, this.controller, this.routers);
      if (scene === null) return;
      const judgement = judging.look(at, scene);
      this.#judged = {release: release.id, since: release.splitChangedAt, judgement};
    }
  }

  #second(): number {
    return Math.floor(this.now() / 1000) * 1000;
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  deck(mode: Partial<ConsoleMode> = {}, extras: ExtraKey[] = []): Deck {
    const full: ConsoleMode = {readOnly: false, share: false, lang: 'en', color: true, demo: false, ...mode};
    return {
      monitor: this.monitor(),
      features: async () => [this.feature],
      controller: full.readOnly || full.share ? null : this.controller,
      actor: LIU,
      mode: full,
      extras,
      newId: () => `n-${++this.#ids}`,
      ...(full.readOnly || full.share ? {} : {giveFeedback: feedback => this.giveFeedback(feedback)}),
    };
  }

  /** What was judged last. */
  get judged(): Judged | null {
    return this.#judged;
  }

  /** The monitor of this world; `change` replaces some of what it reads. */
  monitor(change: Partial<MonitorSources> = {}): MonitorView {
    const sources: MonitorSources = {
      feature: this.feature,
      view: this.controller,
      samples: this.windows,
      windows: this.windows,
      stream: () => this.stream,
      store: {kind: 'redis', label: 'redis 127.0.0.1:6379', health: () => this.health},
      routers: () => this.routers,
      sources: () => this.sources,
      externals: () => this.externals,
      ownEpoch: () => this.ownEpoch,
      guardSilentMs: () => this.guardSilentMs,
      judged: () => this.#judged,
      ...change,
    };
    const feed = new SnapshotFeed(sources, listener => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    });
    const {feature, windows} = sources;
    return {
      feature,
      view: this.controller,
      snapshot: feed.snapshot,
      subscribe: feed.subscribe,
      series: (side, metric, span, stepMs) => windows.series(side, metric, span, stepMs),
    };
  }
}
