import {setTimeout as pause} from 'node:timers/promises';
import type {ExternalNumbers, ExternalReading} from '../../analysis/judge/read-metric.ts';
import type {Side, Span} from '../../analysis/numbers.ts';
import {Asker, type AskerOptions, type PolledMetric} from './asker.ts';
import {Gate} from './gate.ts';
import {keyOf} from './question.ts';
import {Slot, type NumberReading} from './slot.ts';
import {lightOf, snapshotOf, stateForJudge, type Light, type MetricSnapshot} from './snapshot.ts';

export interface PollerOptions extends Omit<AskerOptions, 'everyMs'> {
  metrics: readonly PolledMetric[];
  /** Between two questions for one metric, in milliseconds, give or take a tenth. */
  everyMs?: number | null;
  /** Questions under way at once. */
  width?: number;
  /** Asked before each question: false leaves the metric out for now. */
  wants?: (name: string) => boolean;
}

const EVERY_MS = 5000;
const KEEP_MS = 3_600_000;
/** A window is the mean of at most so many steps. */
const MOST_STEPS = 1000;
const WIDTH = 4;

/**
 * Numbers of other systems, as Prometheus knows them: asks for each metric again and again, keeps the answers with their
 * age, and never throws to its host.
 */
export class PrometheusPoller implements ExternalNumbers {
  readonly #options: PollerOptions;
  readonly #slots: ReadonlyMap<string, readonly Slot[]>;
  readonly #metrics: ReadonlyMap<string, PolledMetric>;
  readonly #gate: Gate;
  readonly #asker: Asker;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #everyMs: number;
  /** After so long without an answer the last one says nothing about now. */
  readonly #silentMs: number;
  #running: Promise<unknown> | null = null;
  #first: Promise<unknown> = Promise.resolve();

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? EVERY_MS;
    this.#asker = new Asker({...options, everyMs: this.#everyMs}, this.#abort.signal, () => this.#tell());
    this.#silentMs = 3 * this.#everyMs + 10_000;
    this.#gate = new Gate(options.width ?? WIDTH);
    this.#metrics = new Map(options.metrics.map(metric => [metric.name, metric]));
    const keepMs = () => Math.max(KEEP_MS, options.longestMs?.() ?? 0);
    this.#slots = new Map(options.metrics.map(({name, per}) => [name, slotsFor(per, keepMs)]));
  }

  /** Begins to ask. Resolves once every metric has been asked for once, whatever came of it, or on `close`. */
  async start(): Promise<void> {
    if (this.#running === null) {
      const loops = this.#options.metrics.map(metric => {
        const first = Promise.withResolvers<void>();
        return {first: first.promise, loop: this.#keepAsking(metric, first.resolve)};
      });
      this.#first = Promise.all(loops.map(({first}) => first));
      this.#running = Promise.all(loops.map(({loop}) => loop));
    }
    await this.#first;
  }

  /** Every metric with both sides, state and age, in the order it was given. */
  snapshot(): MetricSnapshot[] {
    return this.#options.metrics.map(metric =>
      snapshotOf(
        metric,
        this.#read(metric.name, 'prod'),
        this.#read(metric.name, 'gray'),
        this.#warningsOf(metric.name),
      ),
    );
  }

  /** How Prometheus itself does. */
  light(): Light {
    const asked = [...this.#slots.values()].flat().flatMap(({last}) => last ?? []);
    const {answeredAt} = this.#asker;
    const ageMs = answeredAt === null ? null : performance.now() - answeredAt;
    return lightOf(asked, ageMs);
  }

  /** Whether this metric is asked for here. */
  has(name: string): boolean {
    return this.#metrics.has(name);
  }

  /** The number of a side now; null unless it is one. */
  value(name: string, side: Side): number | null {
    return this.#read(name, side).value;
  }

  /** The newest number of a side in a span on the store's clock; null without any. */
  newest(name: string, side: Side, span: Span): number | null {
    return this.#slot(name, side)?.history.newest(span) ?? null;
  }

  /** Like `WindowView.series`. */
  series(name: string, side: Side, span: Span, stepMs: number): (number | null)[] {
    return this.#slot(name, side)?.history.series(span, stepMs, 2.5 * this.#everyMs) ?? [];
  }

  /** For conditions: the mean over their window since the split changed, and null for what is no number now. */
  read(name: string, overMs: number): ExternalReading | null {
    if (!this.has(name)) return null;
    const readings = {prod: this.#read(name, 'prod'), gray: this.#read(name, 'gray')};
    const to = this.#options.now() + 1;
    const from = Math.max(to - overMs, this.#options.target().splitChangedAt ?? 0);
    const valueOf = (side: Side): number | null => {
      const {state, value} = readings[side];
      const stepMs = Math.max(this.#everyMs, overMs / MOST_STEPS);
      return state === 'ok' ? (this.#slot(name, side)?.history.mean({from, to}, stepMs) ?? value) : null;
    };
    const history = this.#slot(name, 'gray')?.history;
    const oldestAt = history?.oldestAt({from, to}) ?? to;
    const ages = Object.values(readings).flatMap(({ageMs}) => (ageMs === null ? [] : [ageMs]));
    return {
      // What both sides share cannot be compared, and is no sign that prod is as sick as gray.
      prod: this.#metrics.get(name)?.per === 'service' ? null : valueOf('prod'),
      gray: valueOf('gray'),
      ageMs: ages.length === 0 ? null : Math.max(...ages),
      state: stateForJudge(readings.gray.state),
      source: 'prometheus',
      values: history?.countIn({from, to}) ?? 0,
      // What is known before the oldest value is as much as lies between two.
      coveredMs: Math.max(0, Math.min(to - from, to - oldestAt + this.#everyMs)),
    };
  }

  /** Called after every answer; returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#listeners.clear();
    await this.#running;
  }

  #slot(name: string, side: Side): Slot | undefined {
    return this.#slots.get(name)?.find(slot => slot.side === side || slot.side === 'service');
  }

  #read(name: string, side: Side): NumberReading {
    const slot = this.#slot(name, side);
    const isOurs = slot?.key === null || slot?.key === keyOf(slot?.side ?? side, this.#options.target());
    if (slot === undefined || !isOurs)
      // What was answered about another release says nothing about this one.
      return {value: null, state: 'waiting', ageMs: null, why: 'not answered yet'};
    return slot.read(performance.now(), this.#silentMs);
  }

  #warningsOf(name: string): string[] {
    return [...new Set((this.#slots.get(name) ?? []).flatMap(({last}) => last?.warnings ?? []))];
  }

  async #keepAsking(metric: PolledMetric, asked: () => void): Promise<void> {
    const {signal} = this.#abort;
    while (!signal.aborted) {
      const slots = this.#isWanted(metric.name) ? (this.#slots.get(metric.name) ?? []) : [];
      await Promise.all(slots.map(slot => this.#gate.run(() => this.#asker.ask(metric, slot))));
      asked();
      const everyMs = this.#everyMs * (0.9 + 0.2 * Math.random());
      await pause(everyMs, undefined, {signal}).catch(() => undefined);
    }
    asked();
  }

  #isWanted(name: string): boolean {
    try {
      return this.#options.wants?.(name) ?? true;
    } catch {
      return true;
    }
  }

  #tell(): void {
    for (const listener of this.#listeners)
      try {
        listener();
      } catch {
        // A listener's trouble is its own.
      }
  }
}

function slotsFor(per: PolledMetric['per'], keepMs: () => number): readonly Slot[] {
  return per === 'service'
    ? [new Slot('service', keepMs)]
    : [new Slot('prod', keepMs), new Slot('gray', keepMs)];
}
