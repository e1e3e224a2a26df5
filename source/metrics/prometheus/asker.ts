import type {QueryTemplate} from '../../analysis/query-template.ts';
import type {Unit} from '../../release/plan.ts';
import {askNumber} from './ask.ts';
import type {PrometheusClient} from './client.ts';
import {isAway} from './fault.ts';
import {keyOf, questionOf, type Scope, type SideLabels, type Target} from './question.ts';
import type {Slot} from './slot.ts';

/** A metric to be asked for. */
export interface PolledMetric {
  name: string;
  template: QueryTemplate;
  unit: Unit;
  better: 'lower' | 'higher' | null;
  /** Whether each side has a value of its own, or both share one. */
  per: 'side' | 'service';
  /** Whether plan or configuration name it; the others are shown once there is something to show. */
  isWanted: boolean;
}

export interface AskerOptions {
  client: PrometheusClient;
  sides: SideLabels;
  /** Labels that every series behind `{{match}}` must have. */
  labels?: Readonly<Record<string, string>>;
  /** The release at hand; read at every question. */
  target: () => Target;
  /** The store's clock, milliseconds since 1970. */
  now: () => number;
  /** How finely history is read at most. */
  everyMs: number;
  /** What `{{window}}` stands for; shorter after a change of the split, never below four scrapes. */
  windowMs?: number | null;
  /** How often Prometheus scrapes. */
  scrapeMs?: number | null;
  /** How far back to read at the start; 0: not at all. */
  historyMs?: number | null;
  /** The longest window that anybody looks at, milliseconds: as much of the past is read, and kept. */
  longestMs?: () => number;
}

const SCRAPE_MS = 15_000;
const WINDOW_MS = 120_000;
const HISTORY_MS = 15 * 60_000;
/** A function over a range wants two samples in it; twice as many for scrapes that fail. */
const LEAST_SCRAPES = 4;
/** Values in the history at most. */
const MOST_STEPS = 1000;

/** Asks for one slot at a time and puts the answer into it. Never throws. */
export class Asker {
  readonly #options: AskerOptions;
  readonly #signal: AbortSignal;
  readonly #tell: () => void;
  readonly #scrapeMs: number;
  #answeredAt: number | null = null;

  constructor(options: AskerOptions, signal: AbortSignal, tell: () => void) {
    this.#options = options;
    this.#signal = signal;
    this.#tell = tell;
    this.#scrapeMs = options.scrapeMs ?? SCRAPE_MS;
  }

  /** When Prometheus last answered, a moment of `performance.now`; null: never. */
  get answeredAt(): number | null {
    return this.#answeredAt;
  }

  async ask(metric: PolledMetric, slot: Slot): Promise<void> {
    const signal = this.#signal;
    if (signal.aborted) return;
    try {
      const target = this.#options.target();
      const key = keyOf(slot.side, target);
      slot.turnTo(key);
      const question = questionOf(metric.template, slot.side, target, this.#scope(target));
      if (!question.ok) {
        slot.take(
          {state: 'empty', value: null, ageMs: null, why: question.why, warnings: []},
          performance.now(),
        );
        return;
      }
      const reply = await askNumber(this.#options.client, question.query, this.#scrapeMs, signal);
      if (signal.aborted || slot.key !== key) return;
      slot.take(reply, performance.now());
      // What passed meanwhile is looked up once it answers again.
      if (isAway(reply.state)) slot.lacksPast = true;
      else this.#answeredAt = performance.now();
      const {serverAt, value} = reply;
      if (serverAt === null || value === null) return;
      const aheadMs = serverAt - this.#options.now();
      if (reply.state === 'ok') slot.history.add({at: serverAt - aheadMs, value});
      this.#tell();
      if (slot.lacksPast) await this.#readPast(metric, slot, target, {to: serverAt, aheadMs});
    } catch (error) {
      // A query that cannot even be written; everything else is an answer.
      const why = error instanceof TypeError ? error.message : 'it cannot be asked';
      slot.take({state: 'bad-query', value: null, ageMs: null, why, warnings: []}, performance.now());
    } finally {
      this.#tell();
    }
  }

  /** @param aheadMs by how much Prometheus' clock is ahead of the store's */
  async #readPast(
    metric: PolledMetric,
    slot: Slot,
    target: Target,
    {to, aheadMs}: {to: number; aheadMs: number},
  ): Promise<void> {
    const {longestMs = () => 0} = this.#options;
    const historyMs = this.#options.historyMs ?? Math.max(HISTORY_MS, longestMs());
    const began = slot.side === 'gray' ? (target.startedAt ?? 0) + aheadMs : 0;
    const from = Math.max(to - historyMs, began);
    const stepMs = Math.max(
      1000,
      Math.ceil(Math.max(this.#options.everyMs, historyMs / MOST_STEPS) / 1000) * 1000,
    );
    const question = questionOf(
      metric.template,
      slot.side,
      target,
      this.#scope({...target, splitChangedAt: null}),
    );
    if (historyMs <= 0 || from + stepMs >= to || !question.ok) {
      slot.lacksPast = false;
      return;
    }
    const {key} = slot;
    const past = await this.#options.client.queryRange(question.query, {from, to, stepMs}, this.#signal);
    if (slot.key !== key) return;
    // What keeps every answer back may pass; what is wrong with the query will not.
    slot.lacksPast = !past.ok && isAway(past.fault.code);
    if (past.ok)
      slot.history.fill(
        past.value.map(({at, value}) => ({at: at - aheadMs, value})),
        this.#options.everyMs,
      );
  }

  #scope({splitChangedAt}: Target): Scope {
    const {sides, labels = {}, now} = this.#options;
    const windowMs = this.#options.windowMs ?? WINDOW_MS;
    const sinceMs = splitChangedAt === null ? windowMs : now() - splitChangedAt;
    const least = Math.min(windowMs, LEAST_SCRAPES * this.#scrapeMs);
    // In whole scrapes: anything between makes no difference.
    const wholeMs = Math.floor(sinceMs / this.#scrapeMs) * this.#scrapeMs;
    return {sides, labels, windowMs: Math.max(least, Math.min(windowMs, wholeMs))};
  }
}
