/**
 * How often a release goes up, pauses or alerts by noise, on simulated launches.
 *
 *     node test/bench/raises.ts [LAUNCHES] [--seed 20261] [--json]
 */
import {loadavg} from 'node:os';
import {parseArgs} from 'node:util';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import {seeded} from '../../source/demo/behaviour.ts';
import type {Plan} from '../../source/release/plan.ts';
import {HEALTHY, launch, type Behaviour} from '../analysis/judge/launch.ts';
import {quantile} from './quantile.ts';

const {values, positionals} = parseArgs({
  options: {seed: {type: 'string', default: '20261'}, json: {type: 'boolean', default: false}},
  allowPositionals: true,
});
const launches = Number(positionals[0] ?? 200);
const first = Number(values.seed);

function planOf(text: string): Plan {
  const read = readPlan(`${text}\nevidence: off`, 'plan.yaml');
  if (!read.ok) throw new Error(read.mistakes.map(({message}) => message).join('; '));
  return read.plan;
}

const EVERY = 30;

/** The seconds at which each ramp goes up. */
function raises(equal: 'advance' | 'hold', gray: Behaviour, seconds: number): number[][] {
  const plan = planOf(`ramp: {step: 10 %, every: ${EVERY}s, equal: ${equal}}\npresets: [seed-increase]`);
  return Array.from({length: launches}, (_, index) => {
    const times: number[] = [];
    const options = {
      plan,
      requestsPerSecond: 100,
      prod: HEALTHY,
      gray,
      seconds,
      random: seeded(first + index),
    };
    launch(options, ({next}, second) => {
      if (next === 'phase') times.push(second);
      return true;
    });
    return times;
  });
}

/** Ramps that go up sooner than once in `every`. */
const tooSoon = (ramps: readonly number[][]) =>
  ramps.filter(times => times.some((time, index) => time - (times[index - 1] ?? 0) < EVERY)).length;
const anyIn = (ramps: readonly number[][]) => ramps.filter(({length}) => length > 0).length;

/** When a criterion is first met, seconds; null: never in so many. */
function met(text: string, gray: Behaviour, seconds: number, burst = 1): (number | null)[] {
  const plan = planOf(`phases:
  - {name: beta, percent: 10, duration: 24h, criteria: ["${text}"]}
  - {name: all, percent: 100}`);
  return Array.from({length: launches}, (_, index) => {
    let found: number | null = null;
    const random = seeded(first + 7919 * (index + 1));
    launch(
      {plan, requestsPerSecond: 200, prod: HEALTHY, gray, burst, seconds, random},
      ({criteria}, second) => {
        if (criteria[0]?.outcome.kind === 'holds') found = second;
        return found === null;
      },
    );
    return found;
  });
}

/** How many of the launches raise an alert or pause, and how often one does. */
function alarms(preset: string, gray: Behaviour, requestsPerSecond: number, seconds: number, burst = 1) {
  const plan = planOf(`phases:
  - {name: beta, percent: 10, duration: 24h}
  - {name: all, percent: 100}
presets: [${preset}]`);
  const sums = {launches: 0, alarms: 0, firstAt: [] as number[]};
  for (let index = 0; index < launches; index++) {
    let open = new Set<string>();
    let count = 0;
    const random = seeded(first + 104_729 * (index + 1));
    launch({plan, requestsPerSecond, prod: HEALTHY, gray, burst, seconds, random}, ({alerts}, second) => {
      const now = new Set(alerts.map(({key}) => key));
      const news = [...now].filter(key => !open.has(key)).length;
      if (count === 0 && news > 0) sums.firstAt.push(second);
      count += news;
      open = now;
      return true;
    });
    sums.alarms += count;
    sums.launches += Math.min(1, count);
  }
  return sums;
}

const BETTER = {...HEALTHY, conversions: 0.12};
const median = (times: readonly number[]) => (times.length === 0 ? null : quantile([...times], 0.5));
const advance = raises('advance', HEALTHY, 300);
const hold = raises('hold', HEALTHY, 300);
const better = raises('hold', BETTER, 300);
const tenfold = met('error_rate < 0.1 %', {...HEALTHY, errors: 0.01}, 1800);
const tenfoldInBursts = met('error_rate < 0.1 %', {...HEALTHY, errors: 0.01}, 1800, 5);
const atLimit = met('error_rate < 1 %', {...HEALTHY, errors: 0.01}, 1800);
const clean = met('error_rate < 0.1 %', {...HEALTHY, errors: 0}, 1800).flatMap(time => time ?? []);
const times = met('response_time_p95 < 1.5x prod', HEALTHY, 600).flatMap(time => time ?? []);
const quiet = alarms('seed-alerts', HEALTHY, 200, 1800);
const thin = alarms('seed-alerts', HEALTHY, 20, 1800);
const bursts = alarms('seed-alerts', HEALTHY, 200, 1800, 5);
const slow = alarms('seed-pause', {...HEALTHY, median: 180}, 200, 120);
const lost = alarms('seed-alerts', {...HEALTHY, conversions: 0.02}, 200, 600);
const figures = {
  launches,
  seed: first,
  raisedTooSoon: tooSoon(advance),
  raisedTooSoonHold: tooSoon(hold),
  raisedWhileAlike: anyIn(hold),
  raisedWhileBetter: anyIn(better),
  metAtTenTimes: tenfold.filter(time => time !== null).length,
  metAtTenTimesInBursts: tenfoldInBursts.filter(time => time !== null).length,
  metAtLimit: atLimit.filter(time => time !== null).length,
  cleanMet: clean.length,
  cleanSeconds: median(clean),
  timesMet: times.length,
  timesSeconds: median(times),
  healthyAlarms: {launches: quiet.launches, alarms: quiet.alarms},
  healthyAlarmsThin: {launches: thin.launches, alarms: thin.alarms},
  healthyAlarmsInBursts: {launches: bursts.launches, alarms: bursts.alarms},
  slowPaused: {launches: slow.launches, seconds: median(slow.firstAt)},
  lostAlarmed: {launches: lost.launches, seconds: median(lost.firstAt)},
};
if (values.json) process.stdout.write(`${JSON.stringify({...figures, load: loadavg()[0]})}\n`);
else {
  const lines = [
    `${launches} launches each, seed ${first}`,
    `ramps of ${EVERY} s that go up sooner: ${figures.raisedTooSoon}; with equal: hold ${figures.raisedTooSoonHold} (goal 0)`,
    `with equal: hold go up in 5 min: ${figures.raisedWhileAlike} of those alike, ${figures.raisedWhileBetter} of those that convert twice as well`,
    `"error_rate < 0.1 %" met in 30 min at a true rate of 1 %: ${figures.metAtTenTimes}, with errors in bursts of 5 ${figures.metAtTenTimesInBursts} (goal 0)`,
    `"error_rate < 1 %" ever met in 30 min at a true rate of 1 %: ${figures.metAtLimit}`,
    `"error_rate < 0.1 %" met without an error: ${figures.cleanMet}, after ${figures.cleanSeconds} s at 20 gray requests a second`,
    `"response_time_p95 < 1.5x prod" met where they are alike: ${figures.timesMet}, after ${figures.timesSeconds} s`,
    `healthy launches of 30 min that seed-alerts alarms: ${quiet.launches} (${quiet.alarms} alerts), thin traffic ${thin.launches} (${thin.alarms}), errors in bursts ${bursts.launches} (${bursts.alarms})`,
    `seed-pause on response times of twice prod's: ${slow.launches}, after ${figures.slowPaused.seconds} s`,
    `seed-alerts on a third of the conversions: ${lost.launches}, after ${figures.lostAlarmed.seconds} s`,
  ];
  process.stdout.write(`${lines.join('\n')}\nLoad ${loadavg()[0]?.toFixed(1)}\n`);
}
