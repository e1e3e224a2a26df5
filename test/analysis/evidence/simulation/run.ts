import {createEvaluator} from '../../../../source/analysis/evidence/evidence.ts';
import type {Family, Watched} from './families.ts';
import {makeLaunch, type Launch} from './launch.ts';
import {MIXES} from './mixes.ts';
import {makeOracle} from './oracles.ts';
import {Reference} from './reference.ts';

const FALSE_ALARMS = 0.01;
const LIMIT = Math.log(1 / FALSE_ALARMS);

/** Seconds from onset to the stop; infinite without one, 0 or less before the onset. */
export interface Stops {
  judge: number;
  /** Metric that spoke most; null without a stop. */
  worst: string | null;
  reference: number;
  sprt: number;
  twoSample: number;
}

export interface Tally {
  family: Family;
  launches: number;
  stops: Stops[];
  /** Of `observe`, microseconds of CPU a tick. */
  microseconds: number;
}

const isWorse = (kind: Family['kind']): kind is Watched =>
  kind === 'errors' || kind === 'tail' || kind === 'conversions';

/** One launch before all judges. Those that are not asked for never stop. */
function runLaunch(
  launch: Launch,
  family: Family,
  withReference: boolean,
  clock: {ms: number; ticks: number},
): Stops {
  const {setting, history} = launch;
  const onset = Number.isFinite(setting.onset) ? setting.onset : 1;
  const judge = createEvaluator({falseAlarms: FALSE_ALARMS, margin: setting.margin});
  for (const tick of history) judge.history(tick);
  const reference = withReference ? new Reference(history) : null;
  const watched = isWorse(family.kind) ? family.kind : null;
  const sprt = watched === null ? null : makeOracle('sprt', setting, watched, LIMIT);
  const two = watched === null ? null : makeOracle('two-sample', setting, watched, LIMIT);
  const stops: Stops = {
    judge: Infinity,
    worst: null,
    reference: Infinity,
    sprt: Infinity,
    twoSample: Infinity,
  };
  for (const tick of launch.ticks()) {
    const delay = tick.t - onset + 1;
    if (stops.judge === Infinity) {
      const begin = performance.now();
      const reading = judge.observe(tick);
      clock.ms += performance.now() - begin;
      clock.ticks++;
      if (reading.decided) {
        stops.judge = delay;
        stops.worst = reading.worst;
      }
    }
    if (stops.reference === Infinity && reference !== null && reference.observe(tick) >= LIMIT)
      stops.reference = delay;
    if (stops.sprt === Infinity && sprt?.step(tick)) stops.sprt = delay;
    if (stops.twoSample === Infinity && two?.step(tick)) stops.twoSample = delay;
    const isOver =
      stops.judge < Infinity &&
      (reference === null || stops.reference < Infinity) &&
      (watched === null || (stops.sprt < Infinity && stops.twoSample < Infinity));
    if (isOver) break;
  }
  return stops;
}

/** Runs `launches` launches of a family; the same seed gives the same ones. */
export function runFamily(
  family: Family,
  {
    launches,
    seed,
    horizon,
    withReference,
    mix,
    withPeople = false,
  }: {
    launches: number;
    seed: number;
    horizon: number;
    withReference: boolean;
    mix: keyof typeof MIXES;
    withPeople?: boolean;
  },
): Tally {
  const clock = {ms: 0, ticks: 0};
  let hash = 17;
  for (const letter of family.name) hash = Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0);
  const stops = Array.from({length: launches}, (_, index) =>
    runLaunch(
      makeLaunch(
        family.shape,
        (Math.imul(seed, 100_003) + Math.imul(index, 7919) + hash) >>> 0,
        horizon,
        MIXES[mix],
        withPeople,
      ),
      family,
      withReference,
      clock,
    ),
  );
  return {family, launches, stops, microseconds: (clock.ms / Math.max(1, clock.ticks)) * 1000};
}

/** Wilson's interval of a part at 95 % (Wilson, JASA 22, 1927). */
export function wilson(hits: number, of: number): {low: number; high: number} {
  const z = 1.959964;
  const p = hits / of;
  const centre = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of);
  return {low: Math.max(0, centre - half), high: centre + half};
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** What a judge did with launches whose gray is worse; only those that the two-sample oracle finds at all. */
export interface Power {
  feasible: number;
  early: number;
  recall: number;
  median: number;
  oracle: {sprt: number; twoSample: number};
  /** Median of the delays over that of the oracle, and median of the quotients launch by launch. */
  ratio: number;
  pairwise: number;
}

export function power({stops}: Tally, who: 'judge' | 'reference'): Power {
  const feasible = stops.filter(stop => stop.twoSample < Infinity && stop[who] > 0);
  const delays = feasible.map(stop => stop[who]);
  const two = median(feasible.map(stop => stop.twoSample));
  return {
    feasible: feasible.length,
    early: stops.filter(stop => stop[who] <= 0).length,
    recall: delays.filter(delay => delay < Infinity).length / feasible.length,
    median: median(delays),
    oracle: {sprt: median(feasible.map(stop => stop.sprt)), twoSample: two},
    ratio: median(delays) / two,
    pairwise: median(feasible.map(stop => stop[who] / stop.twoSample)),
  };
}

/** How many launches were stopped at all. */
export function stopped({stops}: Tally, who: 'judge' | 'reference'): number {
  return stops.filter(stop => stop[who] < Infinity).length;
}
