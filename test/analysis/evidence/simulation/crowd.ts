import type {
  EvidenceTick,
  HistoryTick,
  PeopleTick,
  SideTick,
} from '../../../../source/analysis/evidence/tick.ts';
import {Chance} from './chance.ts';

/** What people-like clients do. Rates are probabilities a request. */
export interface CrowdSetting {
  /** Mean requests of all in a second. */
  requestsPerSecond: number;
  /** Different people that come by in the launch. */
  people: number;
  /** Share of people on gray, by second; what is asked for. */
  asked: (t: number) => number;
  /** What people really get; the same unless a rule is broken. */
  real: (t: number) => number;
  /** Mean probability that a request fails, and that it converts. */
  errors: number;
  conversions: number;
  /** Spread of people's own error rates, standard deviation of the log; loops: chance to try again at once after a failure. */
  proneness: number;
  retries: number;
  /** Clients that fail once a second, for ever; where the scanner is, requests a second that fail, from second 60 on. */
  loopers: number;
  scanner: 'prod' | 'gray' | null;
  /** Insiders on gray who were chosen: part of the people, and how much more often they fail. */
  insiders: number;
  /** Second from which gray is worse, and how: points of errors, log2 of the factor on times, factor on conversions. */
  onset: number;
  worse: {errors: number; slower: number; conversions: number};
  /** Both sides: log2 of the factor on times, at second t. */
  slower: (t: number) => number;
  /** Log2 of the factor on times of people who moved to gray by a raise, for `COLD_SECONDS` after it: cold caches. */
  cold: number;
  history: number;
}

const COLD_SECONDS = 45;

export const CROWD: CrowdSetting = {
  requestsPerSecond: 30,
  people: 2000,
  asked: () => 0.05,
  real: () => 0.05,
  errors: 0.01,
  conversions: 0.02,
  proneness: 1.2,
  retries: 0.5,
  loopers: 0,
  scanner: null,
  insiders: 0,
  onset: Number.POSITIVE_INFINITY,
  worse: {errors: 0, slower: 0, conversions: 1},
  slower: () => 0,
  cold: 0,
  history: 300,
};

/** How people are counted: rightly, or with one of the rules broken that make it valid. */
export type Counting =
  | 'once'
  | 'per-side'
  | 'gray-forgets'
  | 'twenty-instances'
  | 'with-insiders'
  /** The share that was asked for is taken at its word. */
  | 'asked-alone'
  | 'no-people';

interface Person {
  /** Place in 0–1 that deals the person to a side. */
  place: number;
  weight: number;
  failing: number;
  speed: number;
  isLooper: boolean;
  isInsider: boolean;
  retry: number;
}

/** Seconds of a visit, and the part of the people who are here at a time. */
const VISIT_SECONDS = 120;
const HERE = 0.25;
const RANKS = [1, 3, 10] as const;

/** What is known of a person; one for all, or one a side or instance where a rule is broken. */
class Known {
  readonly seen = new Set<number>();
  readonly failed = new Set<number>();
  readonly converted = new Set<number>();
  readonly slowest = new Map<number, number[]>();
}

/** One launch by people-like clients, second by second; the same seed gives the same one. */
export class Crowd {
  readonly setting: CrowdSetting;
  readonly #chance: Chance;
  readonly #people: Person[] = [];
  /** Weights of those who are here, summed up, and the block of time it is about. */
  #sum: number[] = [];
  #here: number[] = [];
  #block = Number.NaN;
  readonly #counting: Counting;
  #known = new Map<string, Known>();
  #seen = new Map<string, Set<number>>();
  #asked = Number.NaN;

  constructor(setting: CrowdSetting, seed: number, counting: Counting = 'once') {
    this.setting = setting;
    this.#chance = new Chance(seed);
    this.#counting = counting;
    for (let index = 0; index < setting.people; index++) {
      const isLooper = index < setting.loopers;
      // Pareto: a few make most of the requests.
      const weight = isLooper ? 0 : Math.min(400, this.#chance.uniform() ** (-1 / 1.2));
      this.#people.push({
        place: this.#chance.uniform(),
        weight,
        failing: Math.min(0.9, setting.errors * this.#chance.factor(setting.proneness)),
        speed: 0.5 * this.#chance.normal(),
        isLooper,
        isInsider: index >= setting.loopers && index < setting.loopers + setting.insiders * setting.people,
        retry: 0,
      });
    }
  }

  history(): HistoryTick[] {
    return Array.from({length: this.setting.history}, (_, index) => {
      const t = index + 1 - this.setting.history;
      const {prod, gray} = this.#second(t, true);
      return {t, prod: merged(prod, gray)};
    });
  }

  *ticks(horizon: number): Generator<EvidenceTick> {
    for (let t = 1; t <= horizon; t++) {
      const {prod, gray} = this.#second(t, false);
      yield {t, grayShare: this.setting.asked(t), prod, gray};
    }
  }

  /** People come and go: of two minutes each is here in every fourth. */
  #arrive(t: number): void {
    const block = Math.floor(t / VISIT_SECONDS);
    if (block === this.#block) return;
    this.#block = block;
    this.#sum = [];
    this.#here = [];
    let total = 0;
    for (const [index, {weight}] of this.#people.entries()) {
      if (this.#chance.uniform() > HERE) continue;
      total += weight;
      this.#sum.push(total);
      this.#here.push(index);
    }
  }

  #draw(): number {
    const wanted = this.#chance.uniform() * (this.#sum.at(-1) ?? 0);
    let low = 0;
    let high = this.#sum.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sum[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return this.#here[low] ?? 0;
  }

  #second(t: number, isHistory: boolean): {prod: SideTick; gray: SideTick} {
    const {setting} = this;
    const sides = {prod: new Second(), gray: new Second()};
    const asked = setting.asked(t);
    if (asked !== this.#asked) this.#seen = new Map();
    this.#asked = asked;
    this.#arrive(t);
    const who: number[] = [];
    for (let left = this.#chance.poisson(setting.requestsPerSecond); left > 0; left--) who.push(this.#draw());
    for (const [index, person] of this.#people.entries()) {
      if (person.isLooper) who.push(index);
      else for (; person.retry > 0; person.retry--) who.push(index);
    }
    for (const index of who) this.#request(index, t, isHistory, sides);
    if (setting.scanner !== null && t >= 60 && t < 160)
      for (let left = this.#chance.poisson(20); left > 0; left--)
        this.#count(setting.people, t, sides[setting.scanner], setting.scanner, {
          isFailed: true,
          isConverted: false,
          bucket: 40,
        });
    return {prod: sides.prod.tick(this.#counting), gray: sides.gray.tick(this.#counting)};
  }

  #request(index: number, t: number, isHistory: boolean, sides: {prod: Second; gray: Second}): void {
    const {setting} = this;
    const person = this.#people[index];
    if (person === undefined) return;
    const isGray = !isHistory && (person.isInsider || person.place < setting.real(t));
    const isWorse = isGray && t >= setting.onset;
    const side = isGray ? 'gray' : 'prod';
    const failing =
      (person.isInsider && isGray ? 5 : 1) * person.failing + (isWorse ? setting.worse.errors : 0);
    const isFailed = person.isLooper || this.#chance.uniform() < failing;
    if (isFailed && !person.isLooper && this.#chance.uniform() < setting.retries)
      person.retry = Math.min(5, person.retry + 1);
    const isConverted =
      !isFailed && this.#chance.uniform() < setting.conversions * (isWorse ? setting.worse.conversions : 1);
    const log2 =
      Math.log2(80) +
      person.speed +
      0.8 * this.#chance.normal() +
      setting.slower(t) +
      (isGray && t > COLD_SECONDS && person.place >= setting.real(t - COLD_SECONDS) ? setting.cold : 0) +
      (isWorse ? setting.worse.slower : 0);
    const bucket = Math.min(143, Math.max(0, Math.floor(8 * log2)));
    if (person.isInsider && isGray && this.#counting !== 'with-insiders') return;
    this.#count(index, t, sides[side], side, {isFailed, isConverted, bucket});
  }

  #count(
    index: number,
    t: number,
    second: Second,
    side: 'prod' | 'gray',
    {isFailed, isConverted, bucket}: {isFailed: boolean; isConverted: boolean; bucket: number},
  ): void {
    second.requests++;
    if (isFailed) second.errors++;
    if (isConverted) second.conversions++;
    second.hist.set(bucket, (second.hist.get(bucket) ?? 0) + 1);
    if (t < 1) return;
    const key =
      this.#counting === 'per-side'
        ? side
        : this.#counting === 'twenty-instances'
          ? String(Math.floor(this.#chance.uniform() * 20))
          : this.#counting === 'gray-forgets' && side === 'gray'
            ? `gray ${Math.floor(t / 120)}`
            : 'all';
    let known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, (known = new Known()));
    const seen = this.#seen.get(side) ?? new Set<number>();
    this.#seen.set(side, seen);
    if (!seen.has(index)) second.seen++;
    seen.add(index);
    if (isFailed && !known.failed.has(index)) second.failed++;
    if (isFailed) known.failed.add(index);
    if (isConverted && !known.converted.has(index)) second.converted++;
    if (isConverted) known.converted.add(index);
    const slow = known.slowest.get(index) ?? [];
    known.slowest.set(index, slow);
    for (const [r, rank] of RANKS.entries()) {
      const before = slow[rank - 1];
      const after = [...slow, bucket].sort((a, b) => b - a)[rank - 1];
      if (after === undefined || after === before) continue;
      const changes = second.changes[r];
      if (before !== undefined) changes?.set(before, (changes.get(before) ?? 0) - 1);
      changes?.set(after, (changes.get(after) ?? 0) + 1);
    }
    slow.push(bucket);
    slow.sort((a, b) => b - a);
    slow.length = Math.min(10, slow.length);
  }
}

class Second {
  requests = 0;
  errors = 0;
  conversions = 0;
  seen = 0;
  failed = 0;
  converted = 0;
  readonly hist = new Map<number, number>();
  readonly changes = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()];

  tick(counting: Counting): SideTick {
    const {requests, errors, conversions, seen, failed, converted} = this;
    const [slowest, third, tenth] = this.changes.map(map => [...map].sort(([a], [b]) => a - b));
    const people: PeopleTick = {
      ...(counting === 'asked-alone' ? {} : {seen}),
      failed,
      converted,
      slowest: slowest ?? [],
      third: third ?? [],
      tenth: tenth ?? [],
    };
    return {
      requests,
      errors,
      conversions,
      hist: [...this.hist].sort(([a], [b]) => a - b),
      ...(counting === 'no-people' ? {} : {people}),
    };
  }
}

function merged(a: SideTick, b: SideTick): SideTick {
  const hist = new Map<number, number>();
  for (const [bucket, count] of [...a.hist, ...b.hist]) hist.set(bucket, (hist.get(bucket) ?? 0) + count);
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    conversions: a.conversions + b.conversions,
    hist: [...hist].sort(([x], [y]) => x - y),
  };
}
