import type {Side} from '../analysis/numbers.ts';
import type {Tally, TallyPart} from '../analysis/windows/roll-up.ts';

/** Three ratios, and response times as a whole. */
export type Weighed = 'error_rate' | 'availability' | 'conversion_rate' | 'response_time';
/** Whether gray has more or less of it than prod, beyond chance. For response times, more means slower. */
export type Weight = 'more' | 'less' | 'chance';

/** The counter of each ratio. */
const COUNTERS = [
  ['error_rate', 'errors'],
  ['availability', 'unavailable'],
  ['conversion_rate', 'conversions'],
] as const;
/**
 * Length of a block, milliseconds. Requests of a person and of an incident come together, so sides are
 * compared within a block.
 */
const BLOCK_MS = 60_000;
/** Least factor by which events scatter more than single requests would. */
const LEAST_SCATTER = 2.5;
/** Standard deviations beyond which a difference is significant: one comparison in 1000. */
const SURE = 3.3;
/** Buckets of response times for each octave, as in the evidence. */
const PER_OCTAVE = 8;
/** Fewest events for a result. */
const FEWEST = 10;

/** One side in one block, cohort `eligible` only. */
interface Block {
  requests: number;
  readonly counters: Map<string, number>;
  readonly times: Map<number, number>;
}

/** Sum of one metric over all blocks. */
class Sum {
  /** Gray's events above its share of the requests, and their variance by chance. */
  excess = 0;
  variance = 0;
  events = 0;
  readonly #blocks: {excess: number; variance: number}[] = [];

  add(excess: number, variance: number, events: number): void {
    if (!(variance > 0)) return;
    this.excess += excess;
    this.variance += variance;
    this.events += events;
    this.#blocks.push({excess, variance});
  }

  weight(): Weight {
    if (this.events < FEWEST || this.variance <= 0) return 'chance';
    const sure = this.excess / Math.sqrt(this.variance * this.#scatter());
    return sure >= SURE ? 'more' : sure <= -SURE ? 'less' : 'chance';
  }

  /** Factor by which blocks scatter more around the mean effect than by chance. */
  #scatter(): number {
    const count = this.#blocks.length;
    if (count < 2) return LEAST_SCATTER;
    const effect = this.excess / this.variance;
    const squares = this.#blocks.reduce((sum, one) => sum + (one.excess - one.variance * effect) ** 2, 0);
    return Math.max(LEAST_SCATTER, ((squares / this.variance) * count) / (count - 1));
  }
}

/**
 * Tests whether differences over a whole release may be chance. Sides are compared within each minute, so
 * that time of day and changes of the percent do not count: ratios by Mantel and Haenszel (1959), response
 * times by Wilcoxon's ranks. Both variances are widened by the scatter between minutes. Tallies come in order
 * of time.
 */
export class Weighing {
  readonly #sums = new Map<Weighed, Sum>();
  #block = 0;
  #sides: Record<Side, Block> = {prod: empty(), gray: empty()};

  add({t, parts}: Tally): void {
    const block = Math.floor(t / BLOCK_MS);
    if (block !== this.#block) this.#close();
    this.#block = block;
    for (const part of parts) if (part.place === 'eligible') put(this.#sides[part.side], part);
  }

  weights(): Record<Weighed, Weight> {
    this.#close();
    const of = (name: Weighed) => this.#sums.get(name)?.weight() ?? 'chance';
    // The counter counts unavailable requests, so the sign is reversed.
    const missing = of('availability');
    return {
      error_rate: of('error_rate'),
      availability: missing === 'more' ? 'less' : missing === 'less' ? 'more' : 'chance',
      conversion_rate: of('conversion_rate'),
      response_time: of('response_time'),
    };
  }

  #close(): void {
    const {prod, gray} = this.#sides;
    this.#sides = {prod: empty(), gray: empty()};
    for (const [name, counter] of COUNTERS) {
      const [x, y] = [gray.counters.get(counter), prod.counters.get(counter)];
      if (x !== undefined && y !== undefined) this.#weigh(name, [x, gray.requests], [y, prod.requests]);
    }
    this.#rank(gray.times, prod.times);
  }

  #weigh(name: Weighed, [x, gray]: [number, number], [y, prod]: [number, number]): void {
    const [all, hits] = [gray + prod, x + y];
    if (gray === 0 || prod === 0 || all < 2) return;
    const variance = (hits * (all - hits) * gray * prod) / (all * all * (all - 1));
    this.#sum(name).add(x - (hits * gray) / all, variance, hits);
  }

  /** Sums gray's ranks among all answers of the block, 0 for the fastest and 1 for the slowest. */
  #rank(gray: Block['times'], prod: Block['times']): void {
    const both = new Map(prod);
    for (const [bucket, count] of gray) both.set(bucket, (both.get(bucket) ?? 0) + count);
    const all = total(both);
    const ofGray = total(gray);
    if (ofGray === 0 || all === ofGray) return;
    let below = 0;
    let excess = 0;
    let spread = 0;
    for (const [bucket, count] of [...both].sort(([a], [b]) => a - b)) {
      const rank = (below + count / 2) / all - 0.5;
      excess += (gray.get(bucket) ?? 0) * rank;
      spread += count * rank * rank;
      below += count;
    }
    const variance = (ofGray * (all - ofGray) * spread) / (all * (all - 1));
    this.#sum('response_time').add(excess, variance, ofGray);
  }

  #sum(name: Weighed): Sum {
    let sum = this.#sums.get(name);
    if (sum === undefined) this.#sums.set(name, (sum = new Sum()));
    return sum;
  }
}

function empty(): Block {
  return {requests: 0, counters: new Map(), times: new Map()};
}

function put(block: Block, {counters, distributions}: TallyPart): void {
  block.requests += counters.get('requests') ?? 0;
  for (const [, counter] of COUNTERS) {
    const count = counters.get(counter);
    if (count !== undefined) block.counters.set(counter, (block.counters.get(counter) ?? 0) + count);
  }
  for (const [bucket, count] of distributions.get('response_time')?.buckets(PER_OCTAVE) ?? [])
    block.times.set(bucket, (block.times.get(bucket) ?? 0) + count);
}

function total(counts: Block['times']): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
