import {setImmediate as nextTurn, setTimeout as pause} from 'node:timers/promises';
import {SIDES, type Side} from '../../analysis/numbers.ts';
import type {QueryTemplate} from '../../analysis/query-template.ts';
import {encodeSample} from '../encode.ts';
import type {Entry, SampleSource} from '../follower.ts';
import type {PrometheusClient} from './client.ts';
import type {Answer} from './fault.ts';
import {questionOf, type SideLabels, type Target} from './question.ts';
import {Scrapes, type CounterKind, type FoundSeries} from './scrapes.ts';
import {bySeconds, type CountedToo} from './spread.ts';

/** A selector of each side. */
type SideSelectors = Record<Side, QueryTemplate>;

/** Which counters are counted. Null: not counted. */
export interface ScrapedCounters {
  requests: SideSelectors;
  errors: SideSelectors | null;
  conversions: SideSelectors | null;
  duration: {classic: SideSelectors; native: SideSelectors; unit: 's' | 'ms'} | null;
  instance: string;
}

export interface ScrapeSourceOptions {
  client: PrometheusClient;
  counters: ScrapedCounters;
  sides: SideLabels;
  labels: Readonly<Record<string, string>>;
  /** The release at hand; read at every question. */
  target: () => Target;
  /** The store's clock, milliseconds since 1970. */
  now: () => number;
  /** Between two questions, milliseconds. */
  everyMs: number;
  /** How often Prometheus scrapes, milliseconds. */
  scrapeMs: number;
}

/** So far back is read at the start, milliseconds. */
const MOST_BACK_MS = 900_000;
/** A scrape may take as long as its interval, and is committed only then: so many intervals are read again. */
const READ_AGAIN = 3;
/** Entries handed over in one go before others have their turn. */
const AT_ONCE = 500;
/** Clocks are taken to differ by another amount only from so many milliseconds on. */
const CLOCK_STEP_MS = 1000;

/**
 * Counters of Prometheus as a stream of samples: each interval between two scrapes of a target becomes entries by the second,
 * on the store's clock. Two processes that read the same scrapes make the same entries.
 */
export function scrapeSource(options: ScrapeSourceOptions): SampleSource {
  const {client, counters, everyMs, scrapeMs, now} = options;
  const too: CountedToo = {
    errors: counters.errors !== null,
    conversions: counters.conversions !== null,
    msPerUnit: counters.duration === null ? null : counters.duration.unit === 's' ? 1000 : 1,
  };
  let scrapes = new Scrapes(counters.instance);
  let count = 0;
  /** Prometheus' clock up to which was read; null: nothing was. */
  let readUntil: number | null = null;
  /** By how much Prometheus' clock is ahead of the store's, milliseconds. */
  let aheadMs: number | null = null;

  async function poll(backMs: number, signal: AbortSignal): Promise<Entry[]> {
    const {at: serverAt} = valueOf(await client.query('time()', signal));
    const ahead = serverAt - now();
    if (aheadMs === null || Math.abs(ahead - aheadMs) > CLOCK_STEP_MS) aheadMs = Math.round(ahead);
    const since = readUntil === null ? serverAt - backMs : readUntil - READ_AGAIN * scrapeMs;
    const rangeMs = Math.ceil(Math.min(MOST_BACK_MS, serverAt - since));
    const found = await seriesOf(options, rangeMs, signal);
    readUntil = serverAt;
    const shift = aheadMs;
    return scrapes
      .take(found)
      .flatMap(interval =>
        bySeconds({...interval, from: interval.from - shift, to: interval.to - shift}, too),
      )
      .map(({at, measured}) => ({id: String(++count), at, fields: encodeSample(measured)}));
  }

  async function handOver(entries: Entry[], onBatch: (entries: Entry[]) => void): Promise<void> {
    for (let index = 0; index < entries.length; index += AT_ONCE) {
      onBatch(entries.slice(index, index + AT_ONCE));
      await nextTurn();
    }
  }

  return {
    isMadeOfScrapes: true,
    lastId: () => Promise.resolve(String(count)),
    async history(sinceMs, onBatch, signal) {
      scrapes = new Scrapes(counters.instance);
      readUntil = null;
      const backMs = Math.max(READ_AGAIN * scrapeMs, Math.min(MOST_BACK_MS, now() - sinceMs));
      await handOver(await poll(backMs, signal), onBatch);
      return String(count);
    },
    async follow(_, onBatch, signal, onStatus = () => undefined) {
      while (!signal.aborted) {
        await pause(Math.min(everyMs, scrapeMs), undefined, {signal}).catch(() => undefined);
        if (signal.aborted) return;
        try {
          await handOver(await poll(READ_AGAIN * scrapeMs, signal), onBatch);
          onStatus({away: null});
        } catch (error) {
          if (signal.aborted) return;
          onStatus({away: error instanceof Error ? error.message : String(error)});
        }
      }
    },
  };
}

/** All counters of both sides over a time. Requests first: what is asked for later has seen the same scrapes at least. */
async function seriesOf(
  {client, counters, sides, labels, target}: ScrapeSourceOptions,
  rangeMs: number,
  signal: AbortSignal,
): Promise<FoundSeries[]> {
  const {requests, errors, conversions, duration} = counters;
  const wanted: [CounterKind, SideSelectors | null][] = [
    ['requests', requests],
    ['errors', errors],
    ['conversions', conversions],
    ['times', duration?.classic ?? null],
    ['times', duration?.native ?? null],
  ];
  const found: FoundSeries[] = [];
  const at = target();
  for (const [counts, selectors] of wanted) {
    if (selectors === null) continue;
    const bySide = SIDES.map(async side => {
      const question = questionOf(selectors[side], side, at, {sides, labels, windowMs: rangeMs});
      // A selector by {{version}} has nothing to ask while no release runs.
      if (!question.ok) return [];
      return [
        {side, counts, series: valueOf(await client.querySeries(`${question.query}[${rangeMs}ms]`, signal))},
      ];
    });
    found.push(...(await Promise.all(bySide)).flat());
  }
  return found;
}

/** @throws Error with what is wrong with the answer, in a sentence that is fit to be shown */
function valueOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  if (answer.fault.code === 'several')
    throw new Error('Prometheus: the selectors of prometheus.samples find too many series');
  throw new Error(`Prometheus: ${answer.fault.why}`);
}
