import type {Chance} from './chance.ts';
import type {Setting, Shape} from './launch.ts';
import {Latencies, type Truth} from './world.ts';

export type Side = 'prod' | 'gray';
export type Watched = 'errors' | 'conversions' | 'tail';

export interface Family {
  name: string;
  /**
   * `calm`: a healthy gray that a judge must let pass; `rough`: healthy as well, though its events do not come one
   * by one or its minutes differ; `better`: gray is better than prod; else which metric is worse.
   */
  kind: 'calm' | 'rough' | 'better' | Watched;
  shape: Shape;
}

/** A number that is drawn once for each whole number `index`, in the order of asking. */
const once = (draw: () => number): ((index: number) => number) => {
  const drawn = new Map<number, number>();
  return index => {
    const found = drawn.get(index) ?? draw();
    drawn.set(index, found);
    return found;
  };
};

const clip = (p: number) => Math.min(0.95, p);

/** Both sides alike, by second. */
const alike =
  (make: (setting: Setting, chance: Chance, horizon: number) => (t: number) => Partial<Truth>): Shape =>
  (setting, chance, horizon) => {
    const at = make(setting, chance, horizon);
    setting.truth = (_, t) => ({...setting.base, ...at(t)});
  };

const burstyTraffic: Shape = (setting, chance) => {
  const level = once(() => chance.factor(1));
  setting.traffic = t => setting.requestsPerSecond * level(t);
};

const drift: Shape = (setting, chance) => {
  const period = chance.between(600, 3600);
  const phase = chance.between(0, 2 * Math.PI);
  const depth = chance.between(0.3, 0.9);
  const wave = (t: number, shift: number) =>
    Math.exp(depth * Math.sin((2 * Math.PI * t) / period + phase + shift));
  setting.traffic = t => setting.requestsPerSecond * wave(t, 1);
  setting.truth = (_, t) => ({
    ...setting.base,
    errors: 0.005 * wave(t, 0),
    conversions: 0.05 * wave(t, 2),
    slower: 0.7 * Math.log2(wave(t, 4)),
  });
};

const ramp: Shape = (setting, chance, horizon) => {
  const first = chance.between(0.01, 0.1);
  const steps = 2 + Math.floor(chance.uniform() * 5);
  setting.shareAt = t =>
    first + (0.5 - first) * (Math.floor((Math.max(0, t - 1) * steps) / horizon) / (steps - 1));
};

const outage: Shape = (setting, chance, horizon) => {
  const begin = chance.between(0.1, 0.8) * horizon;
  const end = begin + chance.between(30, 300);
  const errors = clip(0.005 * chance.logBetween(5, 100));
  const slower = chance.between(0.5, 3);
  setting.truth = (_, t) =>
    t >= begin && t < end ? {...setting.base, errors, slower, conversions: 0.03} : setting.base;
};

const gaps: Shape = (setting, chance) => {
  const minute = once(() => chance.uniform());
  const other = once(() => chance.uniform());
  const {share} = setting;
  setting.traffic = t => (minute(Math.floor(t / 23)) < 0.25 ? 0 : setting.requestsPerSecond);
  setting.shareAt = t => (other(Math.floor(t / 41)) < 0.25 ? 0 : share);
};

const perMinute =
  (sigma: number, what: readonly ('errors' | 'conversions' | 'slower')[], seconds = 60): Shape =>
  (setting, chance) => {
    const factors = {
      prod: new Map<string, (i: number) => number>(),
      gray: new Map<string, (i: number) => number>(),
    };
    for (const name of what) {
      factors.prod.set(
        name,
        once(() => chance.factor(sigma)),
      );
      factors.gray.set(
        name,
        once(() => chance.factor(sigma)),
      );
    }
    const {truth} = setting;
    setting.truth = (side, t) => {
      const changed = {...truth(side, t)};
      const minute = Math.floor((t - 1) / seconds);
      for (const name of what) {
        const factor = factors[side].get(name)?.(minute) ?? 1;
        if (name === 'slower') changed.slower += Math.log2(factor);
        else changed[name] = clip(changed[name] * factor);
      }
      return changed;
    };
  };

const burst =
  (mean: number, spread: number, more: Partial<Truth> = {}): Shape =>
  setting => {
    setting.base = {...setting.base, burst: mean, spread, ...more};
    const {base} = setting;
    setting.truth = () => base;
  };

/** Gray differs from second `onset` on. */
const worse =
  (change: (truth: Truth, t: number) => Partial<Truth>, onset = 1, before?: Shape): Shape =>
  (setting, chance, horizon) => {
    before?.(setting, chance, horizon);
    const {truth} = setting;
    setting.onset = onset;
    setting.truth = (side, t) => {
      const base = truth(side, t);
      return side === 'gray' && t >= onset ? {...base, ...change(base, t)} : base;
    };
  };

const NONE: Shape = () => {};
const both =
  (...shapes: Shape[]): Shape =>
  (setting, chance, horizon) => {
    for (const shape of shapes) shape(setting, chance, horizon);
  };

/** Launches with a healthy gray whose assumptions hold. */
export const CALM: Family[] = [
  {name: 'steady', kind: 'calm', shape: NONE},
  {name: 'bursty arrivals', kind: 'calm', shape: burstyTraffic},
  {name: 'drift', kind: 'calm', shape: drift},
  {name: 'ramp', kind: 'calm', shape: ramp},
  {name: 'ramp and drift', kind: 'calm', shape: both(drift, ramp)},
  {name: 'shared outage', kind: 'calm', shape: outage},
  {
    name: 'heavy tails',
    kind: 'calm',
    shape: (setting, chance) => {
      setting.latencies = new Latencies(chance, 80, 1, 0.2);
    },
  },
  {name: 'gaps', kind: 'calm', shape: gaps},
  {
    name: 'noisy base',
    kind: 'calm',
    shape: alike((_, chance) => {
      const level = once(() => chance.factor(0.5));
      const rate = chance.logBetween(0.01, 0.2);
      return t => ({
        errors: clip(rate * level(Math.floor(t / 10))),
        slower: Math.log2(level(10_000 + Math.floor(t / 7))) / 3,
      });
    }),
  },
];

/** Healthy as well, where counts are not what a coin would give. */
export const ROUGH: Family[] = [
  {name: 'bursts of 5', kind: 'rough', shape: burst(5, 1)},
  {name: 'bursts of 5 over 8 s', kind: 'rough', shape: burst(5, 8)},
  {name: 'bursts of 5 over 3 s', kind: 'rough', shape: burst(5, 3)},
  {name: 'bursts of 5 over 20 s', kind: 'rough', shape: burst(5, 20)},
  {name: 'bursts of 10 over 8 s', kind: 'rough', shape: burst(10, 8)},
  {name: 'users who fail for 6 s', kind: 'rough', shape: burst(5, 6, {isSticky: true})},
  {name: 'users who fail for 20 s', kind: 'rough', shape: burst(5, 20, {isSticky: true})},
  {name: 'conversions in bursts', kind: 'rough', shape: burst(1, 8, {conversionBurst: 5})},
  {name: 'bursts of 20', kind: 'rough', shape: burst(20, 1)},
  {name: 'minute noise errors', kind: 'rough', shape: perMinute(0.3, ['errors'])},
  {name: 'minute noise all', kind: 'rough', shape: perMinute(0.3, ['errors', 'conversions', 'slower'])},
  {name: 'minute noise half', kind: 'rough', shape: perMinute(0.15, ['errors', 'conversions', 'slower'])},
  {name: 'noise of 3 minutes', kind: 'rough', shape: perMinute(0.3, ['errors'], 180)},
  {
    name: 'within margin',
    kind: 'rough',
    shape: both(
      worse(truth => ({errors: truth.errors * 1.08, conversions: truth.conversions * 0.93})),
      setting => {
        setting.margin = 0.1;
        setting.onset = Number.POSITIVE_INFINITY;
      },
    ),
  },
];

const errors = (to: number, onset?: number, before?: Shape): Shape =>
  worse(() => ({errors: to}), onset, before);
const conversions = (factor: number): Shape => worse(truth => ({conversions: truth.conversions * factor}));
const tail = (from: number, times: number, onset?: number): Shape =>
  worse(() => ({tailFrom: from, tailBy: Math.log2(times)}), onset);

export const BETTER: Family[] = [
  {
    name: 'better',
    kind: 'better',
    shape: (setting, chance) => {
      const factor = chance.between(0.2, 0.9);
      setting.truth = (side, t) =>
        side === 'gray' && t > 0
          ? {...setting.base, errors: 0.005 * factor, conversions: 0.05 / factor, slower: Math.log2(factor)}
          : setting.base;
    },
  },
];

export const WORSE: Family[] = [
  {name: 'errors 0.5→1', kind: 'errors', shape: errors(0.01)},
  {name: 'errors 0.5→2', kind: 'errors', shape: errors(0.02)},
  {name: 'errors 0.5→5', kind: 'errors', shape: errors(0.05)},
  {name: 'errors 0.5→10', kind: 'errors', shape: errors(0.1)},
  {name: 'errors 0.5→50', kind: 'errors', shape: errors(0.5)},
  {name: 'errors→5 at 600 s', kind: 'errors', shape: errors(0.05, 600)},
  {name: 'errors→2 at 600 s', kind: 'errors', shape: errors(0.02, 600)},
  {
    name: 'leak',
    kind: 'errors',
    shape: worse((truth, t) => ({errors: truth.errors * (1 + t / 200)})),
  },
  {name: 'tail p95 ×2', kind: 'tail', shape: tail(0.95, 2)},
  {name: 'tail p99 ×2', kind: 'tail', shape: tail(0.99, 2)},
  {name: 'tail p90 ×1.5', kind: 'tail', shape: tail(0.9, 1.5)},
  {name: 'all slower ×1.2', kind: 'tail', shape: worse(() => ({slower: Math.log2(1.2)}))},
  {name: 'tail p95 ×2 at 600 s', kind: 'tail', shape: tail(0.95, 2, 600)},
  {name: 'conversions −5 %', kind: 'conversions', shape: conversions(0.95)},
  {name: 'conversions −10 %', kind: 'conversions', shape: conversions(0.9)},
  {name: 'conversions −20 %', kind: 'conversions', shape: conversions(0.8)},
  {name: 'conversions −50 %', kind: 'conversions', shape: conversions(0.5)},
];

/** Worse, where the judge has reason to be careful: shown, not judged. */
export const ROUGH_WORSE: Family[] = [
  {name: 'errors→5, bursts of 5', kind: 'errors', shape: errors(0.05, 1, burst(5, 1))},
  {name: 'errors→5, bursts over 8 s', kind: 'errors', shape: errors(0.05, 1, burst(5, 8))},
  {
    name: 'errors→5, minute noise',
    kind: 'errors',
    shape: worse(
      t => ({errors: clip(t.errors * 10)}),
      1,
      perMinute(0.3, ['errors', 'conversions', 'slower']),
    ),
  },
  {
    name: 'errors→50, minute noise',
    kind: 'errors',
    shape: worse(
      t => ({errors: clip(t.errors * 100)}),
      1,
      perMinute(0.3, ['errors', 'conversions', 'slower']),
    ),
  },
];

/**
 * Hosts of ordinary cloud quality, 5 to 20, each side on its own: errors differ by 0.3, response times by 0.2 (standard
 * deviations of logarithms), for as long as the launch runs.
 * @param grays how many are gray's, of how many
 */
const unlike =
  (grays: (chance: Chance, of: number) => number, after: Shape = NONE, least = 5): Shape =>
  (setting, chance, horizon) => {
    const count = least + Math.floor(chance.uniform() * (21 - least));
    const gray = grays(chance, count);
    const all = Array.from({length: count}, (_, at) => ({
      id: `host-${at}`,
      errors: chance.factor(0.3),
      slower: Math.log2(chance.factor(0.2)),
    }));
    setting.hosts = {gray: all.slice(0, gray), prod: all.slice(gray)};
    after(setting, chance, horizon);
  };

const some = (chance: Chance, of: number) => 1 + Math.floor((chance.uniform() * of) / 2);
const one = () => 1;
const several = (chance: Chance, of: number) => 3 + Math.floor(chance.uniform() * (of / 2 - 2));

export const UNLIKE: Family[] = [
  {name: 'unlike hosts', kind: 'rough', shape: unlike(some)},
  {name: 'unlike hosts, one is gray', kind: 'rough', shape: unlike(one)},
  {
    name: 'unlike hosts, many errors',
    kind: 'rough',
    shape: unlike(
      some,
      alike(() => () => ({errors: 0.05})),
    ),
  },
];

export const UNLIKE_WORSE: Family[] = [
  {
    name: 'unlike hosts, errors +10',
    kind: 'errors',
    shape: unlike(
      several,
      worse(t => ({errors: t.errors + 0.1})),
      8,
    ),
  },
  {
    name: 'unlike hosts, +10 at 600 s',
    kind: 'errors',
    shape: unlike(
      several,
      worse(t => ({errors: t.errors + 0.1}), 600),
      8,
    ),
  },
  {
    name: 'unlike hosts, times ×2',
    kind: 'tail',
    shape: unlike(
      several,
      worse(() => ({slower: 1})),
      8,
    ),
  },
  {
    name: 'unlike hosts, ×2 at 600 s',
    kind: 'tail',
    shape: unlike(
      several,
      worse(() => ({slower: 1}), 600),
      8,
    ),
  },
  {
    name: 'unlike hosts, one +10',
    kind: 'errors',
    shape: unlike(
      one,
      worse(t => ({errors: t.errors + 0.1})),
      8,
    ),
  },
];
