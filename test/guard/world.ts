import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {CreateEvaluator} from '../../source/analysis/evidence/reading.ts';
import {NO_EXTERNAL} from '../../source/analysis/judge/read-metric.ts';
import type {Judged} from '../../source/analysis/judge/findings.ts';
import {longestLookMs} from '../../source/analysis/judge/longest-window.ts';
import {BY_SECONDS_MS, LongWindows} from '../../source/analysis/windows/long-windows.ts';
import {decodeTally, encodeTally, mergeTallies} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import type {Report} from '../../source/audience/applied.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {openController} from '../../source/controller/controller.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import {ActiveGuard} from '../../source/guard/active-guard.ts';
import type {CheckpointShelf} from '../../source/monitor/checkpoint.ts';
import type {Outage} from '../../source/monitor/outage-tracker.ts';
import {SETTLE_MS} from '../../source/monitor/judge-until.ts';
import {Observer} from '../../source/monitor/observer.ts';
import type {LeadershipTerm} from '../../source/guard/lease.ts';
import type {Actor, Intent} from '../../source/release/command.ts';
import type {Plan} from '../../source/release/plan.ts';
import {MinuteReader, type MinuteShelf} from '../../source/metrics/read-minutes.ts';
import {openStore} from '../../source/store/open.ts';
import type {OperatorStore} from '../../source/store/port.ts';
import {feed} from '../analysis/feed.ts';
import {HOUR, liu, MINUTE, SECOND} from '../release/specification.ts';
import {Machine} from './machine.ts';

/** What a side shows in a second. */
export interface Second {
  requests: number;
  errors?: number;
}

/** Just before a whole minute, so that the first second is a whole one. */
const DAWN = 1_800_000_000_000 - 1;

/**
 * A guard at work in time that a test tells: a real log, real windows, a clock that is moved. Roll-ups lie in a map:
 * a store drops them by a clock of its own.
 */
export class World implements AsyncDisposable {
  readonly machine = new Machine();
  readonly controller: Controller;
  readonly seconds = new Map<number, string>();
  /** What guards have written: their checkpoints. */
  readonly minutes = new Map<number, string>();
  /** Whole minutes, as whoever keeps the roll-ups writes them. */
  readonly rolled = new Map<number, string>();
  /** The store's clock, milliseconds since 1970. */
  now = DAWN;
  windows!: Windows;
  reports: Report[] = [];
  outage: Outage | null = null;
  notBefore = 0;
  createEvaluator: CreateEvaluator | null = null;
  acting: ActiveGuard | null = null;
  /** What the guard that acts has come to last. */
  judged: Judged | null = null;
  readonly observers: Observer[] = [];
  readonly #folder: string;
  readonly #store: OperatorStore;
  #epoch = 0;
  #held = new AbortController();
  #alerts = 0;
  readonly #shown: Windows[] = [];
  readonly #readers: MinuteReader[] = [];
  readonly #shelf: CheckpointShelf & MinuteShelf = {
    read: async (_: 'minutes', since: number, take?: Parameters<MinuteShelf['read']>[2]) => {
      const rows = [...this.minutes, ...this.rolled]
        .filter(([t]) => t >= since)
        .map(([t, body]) => ({t, body}))
        .toSorted((a, b) => a.t - b.t);
      await take?.(rows);
      return rows;
    },
    write: (_, rows) => {
      for (const {t, body} of rows) this.minutes.set(t, body);
      return Promise.resolve();
    },
  };

  private constructor(folder: string, store: OperatorStore) {
    this.#folder = folder;
    this.#store = store;
    const {log} = store.feature('pay');
    this.controller = openController({feature: 'pay', log, now: () => this.now});
  }

  static async open(plan: Plan): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'graydeck-world-'));
    const world = new World(
      folder,
      await openStore(`sqlite:${join(folder, 'deck.db')}`, 'operator', {env: {}}),
    );
    await world.does({type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan});
    world.windows = (await world.#open()).near;
    return world;
  }

  does(intent: Intent, by: Actor = liu): ReturnType<Controller['execute']> {
    return this.controller.execute(intent, {by});
  }

  get release() {
    const {release} = this.controller.snapshot().state;
    if (release === null) throw new Error('no release has been started');
    return release;
  }

  /** Another guard takes over: of the one before it knows the log, the checkpoint and the roll-ups. */
  async takeOver(): Promise<void> {
    this.#held.abort();
    this.#held = new AbortController();
    const name = `guard-${this.#epoch + 1}`;
    const outcome = await this.does({type: 'take-guard', from: this.#epoch}, {name, kind: 'guard'});
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    this.#epoch++;
    const actor: Actor = {name, kind: 'guard', epoch: this.#epoch};
    const {signal} = this.#held;
    const term: LeadershipTerm = {
      epoch: this.#epoch,
      actor,
      signal,
      isHeld: () => !signal.aborted,
      isLeased: () => !signal.aborted,
      command: (intent, reason, isMeant) =>
        this.controller.execute(
          intent,
          {by: actor, ...(reason === undefined ? {} : {reason})},
          isMeant === undefined ? {} : {isMeant},
        ),
    };
    const {near, windows} = await this.#open();
    this.windows = near;
    this.acting = new ActiveGuard(
      {
        controller: this.controller,
        measuring: {
          windows,
          ready: () => Promise.resolve(),
          countFrom: at => {
            this.notBefore = at;
            this.#begin(near);
          },
          away: () => null,
          aheadMs: () => null,
        },
        routers: () => Promise.resolve(this.reports),
        shelf: this.#shelf,
        external: NO_EXTERNAL,
        traits: metricBook().find,
        createEvaluator: this.createEvaluator,
        outage: () => this.outage,
        clock: this.machine.clock,
        newAlertId: () => `a-${++this.#alerts}`,
        onJudged: judged => {
          this.judged = judged;
        },
      },
      term,
    );
  }

  /** Somebody comes who only looks: knows the log, the checkpoint and the roll-ups, as a console that is opened late. */
  async opensConsole(): Promise<Observer> {
    const {near, windows} = await this.#open();
    this.#shown.push(near);
    const observer = new Observer({
      view: this.controller,
      windows,
      aheadMs: () => null,
      shelf: {read: this.#shelf.read},
      routers: () => this.reports,
      external: NO_EXTERNAL,
      traits: metricBook().find,
      createEvaluator: this.createEvaluator,
      outage: () => this.outage,
      clock: this.machine.clock,
    });
    this.observers.push(observer);
    return observer;
  }

  /** A second passes in which both sides serve; the guard looks. Null: a side is silent. */
  async second(gray: Second | null, prod: Second | null = {requests: 100}): Promise<void> {
    this.pass(1000);
    const at = this.now - 500;
    if (gray !== null) this.#show('gray', gray, at);
    if (prod !== null) this.#show('prod', prod, at);
    const t = Math.floor(at / 1000) * 1000;
    const tally = this.windows.rollUp(t);
    if (tally !== null) this.seconds.set(t, encodeTally(tally));
    // Roll-ups of seconds are kept for an hour.
    this.seconds.delete(t - HOUR);
    // Once its seconds have settled.
    if (t % MINUTE === 3 * SECOND) await this.#rollUpMinute(t - MINUTE - 3 * SECOND);
    this.now += SETTLE_MS + 1;
    await this.acting?.look();
    for (const observer of this.observers) await observer.look(this.#held.signal);
    this.now -= SETTLE_MS + 1;
  }

  async for(seconds: number, gray: Second | null, prod?: Second | null): Promise<void> {
    for (let index = 0; index < seconds; index++) await this.second(gray, prod);
  }

  /** Time passes, here and in the store. */
  pass(ms: number): void {
    this.now += ms;
    this.machine.pass(ms);
  }

  #show(side: string, {requests, errors = 0}: Second, at: number): void {
    const entry = `side ${side} requests ${requests} errors ${errors} response_time 80`;
    for (const windows of [this.windows, ...this.#shown]) feed(windows, at, entry, this.now);
  }

  async #rollUpMinute(t: number): Promise<void> {
    const seconds = Array.from({length: 60}, (_, index) => t + index * SECOND);
    const tallies = seconds.flatMap(at => decodeTally(at, this.seconds.get(at) ?? '') ?? []);
    if (tallies.length > 0) this.rolled.set(t, encodeTally(mergeTallies(t, MINUTE, tallies)));
    await Promise.all(this.#readers.map(reader => reader.catchUp()));
  }

  /** What a process that begins now measures: of the past it knows the last minutes, and what was rolled up. */
  async #open(): Promise<{near: Windows; windows: LongWindows}> {
    const near = new Windows();
    this.#begin(near);
    this.controller.subscribe(() => this.#begin(near));
    for (const [t, body] of this.seconds)
      if (t >= this.now - 15 * MINUTE) near.restore(decodeTally(t, body)!);
    const past = new MinuteReader({
      shelf: this.#shelf,
      declared: {},
      longestMs: () => {
        const longestMs = longestLookMs(this.release, this.now);
        return longestMs > BY_SECONDS_MS ? longestMs : 0;
      },
      now: () => this.now,
    });
    this.#readers.push(past);
    await past.catchUp();
    return {near, windows: new LongWindows(near, () => past.minutes)};
  }

  #begin(windows: Windows): void {
    const {state, splitVersion} = this.controller.snapshot();
    const {release} = state;
    if (release === null) return;
    windows.begin({
      release: release.id,
      splitVersion,
      since: Math.max(Math.min(release.splitChangedAt, this.now), this.notBefore),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#held.abort();
    for (const reader of this.#readers) reader.close();
    await this.controller.close();
    await this.#store.close();
    await rm(this.#folder, {recursive: true});
  }
}
