import type {Judged} from '../analysis/judge/findings.ts';
import {takeSnapshot, type MonitorSnapshot, type MonitorSources} from './snapshot.ts';

/** Data may come as often as it likes; a new snapshot is taken at most this often, milliseconds. */
const LEAST_BETWEEN_MS = 250;
/** A commit is on every screen within a tenth of a second; many commits in one go are one snapshot. */
const NEWS_LEAST_BETWEEN_MS = 50;
/** After the full second: by then its samples have arrived, and clock and numbers change at once. */
const AFTER_SECOND_MS = 30;

/**
 * Hands out the newest snapshot of a feature. With listeners it takes one when the log or something urgent changes, and once
 * a second; without any it takes one when it is asked and the last is old.
 */
export class SnapshotFeed {
  readonly #sources: MonitorSources;
  /** Calls when data, routers or lights may have changed; as often as it likes. */
  readonly #onData: (listener: () => void) => () => void;
  readonly #listeners = new Set<() => void>();
  #latest: MonitorSnapshot | null = null;
  #urgent = '';
  #judged: Judged | null = null;
  #takenAt = Number.NEGATIVE_INFINITY;
  #waiting: NodeJS.Timeout | null = null;
  #waitingUntil = 0;
  #stop: (() => void) | null = null;

  constructor(sources: MonitorSources, onData: (listener: () => void) => () => void) {
    this.#sources = sources;
    this.#onData = onData;
  }

  /** The newest snapshot; the same object until something in it changes. Bound, so that it can be handed on. */
  readonly snapshot = (): MonitorSnapshot => {
    const latest = this.#latest;
    const isFresh = this.#stop !== null || this.#isRecent();
    return latest !== null && isFresh ? latest : this.#take();
  };

  /** Calls after each new snapshot; returns the way to stop. Bound, so that it can be handed on. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#stop ??= this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  };

  /** Takes no more snapshots by itself. */
  close(): void {
    this.#stop?.();
    this.#stop = null;
  }

  /** Whether the last one was taken a moment ago, and neither log nor judgement have gone on since. */
  #isRecent(): boolean {
    const {view, judged} = this.#sources;
    return (
      performance.now() - this.#takenAt < LEAST_BETWEEN_MS &&
      this.#latest?.snapshot === view.snapshot() &&
      this.#judged === judged()
    );
  }

  #begin(): () => void {
    let ticking: NodeJS.Timeout | null = null;
    const tick = (): void => {
      this.#tell();
      const untilSecond = 1000 - (Math.max(0, this.#sources.view.now()) % 1000);
      ticking = setTimeout(tick, untilSecond + AFTER_SECOND_MS);
    };
    tick();
    const stopData = this.#onData(() => this.#dataChanged());
    const stopLog = this.#sources.view.subscribe(() => this.#tellWithin(NEWS_LEAST_BETWEEN_MS));
    return () => {
      stopData();
      stopLog();
      if (ticking !== null) clearTimeout(ticking);
      if (this.#waiting !== null) clearTimeout(this.#waiting);
      this.#waiting = null;
    };
  }

  #dataChanged(): void {
    const isFirst =
      this.#latest === null || (this.#latest.prod.ageMs === null && this.#latest.gray.ageMs === null);
    if (isFirst) this.#tellWithin(NEWS_LEAST_BETWEEN_MS);
    else if (this.#urgentNow() !== this.#urgent) this.#tellWithin(LEAST_BETWEEN_MS);
  }

  #tellWithin(leastBetweenMs: number): void {
    const dueAt = this.#takenAt + leastBetweenMs;
    if (this.#waiting !== null && this.#waitingUntil <= dueAt) return;
    const leftMs = dueAt - performance.now();
    if (leftMs <= 0) return this.#tell();
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#tell(), leftMs);
    this.#waitingUntil = dueAt;
  }

  #tell(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
    try {
      this.#take();
    } catch {
      // What cannot be read now keeps its last numbers; their age is on the screen and grows.
      return;
    }
    for (const listener of this.#listeners) listener();
  }

  #take(): MonitorSnapshot {
    this.#takenAt = performance.now();
    this.#urgent = this.#urgentNow();
    this.#judged = this.#sources.judged();
    return (this.#latest = takeSnapshot(this.#sources, this.#latest));
  }

  #urgentNow(): string {
    try {
      return urgentPart(this.#sources);
    } catch {
      // A panel that cannot show it says so; the rest of the screen goes on.
      return '';
    }
  }
}

/** What must be shown at once when it changes: who answers, and what routers apply. Ages change all the time. */
function urgentPart(sources: MonitorSources): string {
  const routers = (sources.routers() ?? []).map(({name, version, release, percent, live}) => [
    name,
    version,
    release,
    percent,
    live,
  ]);
  const lights = sources.sources().map(({name, state}) => [name, state]);
  const isSilent = sources.guardSilentMs() !== null;
  const action = sources.judged()?.judgement.verdict.action ?? null;
  const {health} = sources.store;
  return JSON.stringify([routers, lights, isSilent, action, health().state, sources.stream().away]);
}
