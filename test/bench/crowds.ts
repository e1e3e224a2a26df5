/**
 * False stops and delays of evidence under people-like clients, with and without people: who retries, loops, comes back and
 * makes most of the requests.
 *
 *     node test/bench/crowds.ts [launches a family, 100] [seed, 1] [pattern of names]
 */
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {Chance} from '../analysis/evidence/simulation/chance.ts';
import {Crowd, CROWD, type Counting, type CrowdSetting} from '../analysis/evidence/simulation/crowd.ts';
import {wilson} from '../analysis/evidence/simulation/run.ts';
import {median, quantile} from './quantile.ts';

const [launches = '100', seed = '1', filter = ''] = process.argv.slice(2);
const HORIZON = 900;
const ONSET = 100;
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5];

interface Shape {
  name: string;
  change: (usual: CrowdSetting) => Partial<CrowdSetting>;
}

const raises = (t: number) => (t < 300 ? 0.05 : t < 600 ? 0.2 : 0.5);
const HEALTHY: Shape[] = [
  {name: 'healthy', change: () => ({})},
  {name: 'a scanner on gray', change: () => ({scanner: 'gray'})},
  {name: 'one client that loops', change: () => ({loopers: 1})},
  {name: 'loops and raises', change: () => ({loopers: 40, asked: raises, real: raises})},
  {name: 'insiders left out', change: () => ({insiders: 0.02})},
  {name: 'times of both wander', change: () => ({slower: t => 2 * Math.sin(t / 90)})},
];
const worse = (errors: number, slower: number) => () => ({
  onset: ONSET,
  worse: {errors, slower, conversions: 1},
});
const WORSE: Shape[] = [
  {name: 'errors +5 points', change: worse(0.05, 0)},
  {name: 'errors +10 points', change: worse(0.1, 0)},
  {name: 'errors +50 points', change: worse(0.5, 0)},
  {name: 'times ×2', change: worse(0, 1)},
];

/** Traffic of a launch: 3 to 150 requests a second of 200 to 5000 people. */
function usual(chance: Chance): CrowdSetting {
  const share = SHARES[Math.floor(chance.uniform() * SHARES.length)] ?? 0.1;
  return {
    ...CROWD,
    requestsPerSecond: chance.logBetween(3, 150),
    people: Math.round(chance.logBetween(200, 5000)),
    asked: () => share,
    real: () => share,
    errors: chance.logBetween(0.0005, 0.05),
    retries: chance.between(0, 0.85),
    proneness: chance.between(0.3, 2),
  };
}

/** Second of the stop, and what stopped it; infinite: none. */
function run({change}: Shape, counting: Counting, index: number): {at: number; why: string} {
  const setting = usual(new Chance((Number(seed) * 7919 + index * 104_729) >>> 0));
  const seedOfCrowd = (Number(seed) * 15_485_863 + index * 32_452_843) >>> 0;
  const crowd = new Crowd({...setting, ...change(setting)}, seedOfCrowd, counting);
  const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
  for (const tick of crowd.history()) evaluator.history(tick);
  for (const tick of crowd.ticks(HORIZON)) {
    const {decided, worst, footing} = evaluator.observe(tick);
    if (decided) return {at: tick.t, why: `${worst ?? ''} by ${footing}`};
  }
  return {at: Infinity, why: ''};
}

const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
for (const counting of ['once', 'no-people'] as const) {
  console.log(counting === 'once' ? 'people known' : '\npeople unknown');
  for (const shape of [...HEALTHY, ...WORSE].filter(({name}) => new RegExp(filter, 'u').test(name))) {
    const all = Array.from({length: Number(launches)}, (_, index) => run(shape, counting, index));
    const stops = all.filter(({at}) => at < Infinity);
    const {low, high} = wilson(stops.length, all.length);
    const name = shape.name.padEnd(24);
    const counts = `${stops.length} of ${all.length}, ${percent(stops.length / all.length)}`;
    if (HEALTHY.includes(shape)) {
      const why = [...new Set(stops.map(stop => stop.why))].join(', ');
      console.log(`${name} stopped ${counts} [${percent(low)}, ${percent(high)}] ${why}`);
    } else {
      const delays = all.map(({at}) => at - ONSET + 1);
      const early = delays.filter(delay => delay < 1).length;
      console.log(
        `${name} found ${counts}, ${early} of them before the onset; median ${median(delays)} s, p95 ${quantile(delays, 0.95)} s`,
      );
    }
  }
}
