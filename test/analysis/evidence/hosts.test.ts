import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import type {EvidenceReading} from '../../../source/analysis/evidence/reading.ts';
import type {EvidenceTick, InstanceTick, SideTick} from '../../../source/analysis/evidence/tick.ts';
import {Chance} from './simulation/chance.ts';
import {UNLIKE, UNLIKE_WORSE} from './simulation/families.ts';
import {runFamily, stopped} from './simulation/run.ts';

const OPTIONS = {falseAlarms: 0.01, margin: 0};
/** Sides of 20 requests a second on each host; `rates` are the probabilities of errors, by host. */
class Fleet {
  readonly chance = new Chance(11);

  side(names: readonly string[], rate: (host: string) => number): SideTick {
    const instances = names.map((id): InstanceTick => {
      const errors = this.chance.binomial(20, rate(id));
      return {id, requests: 20, errors, timeSum: 2000};
    });
    const requests = 20 * names.length;
    const errors = instances.reduce((sum, one) => sum + one.errors, 0);
    return {requests, errors, conversions: 0, hist: [[52, requests]], instances};
  }

  tick(
    t: number,
    gray: readonly string[],
    prod: readonly string[],
    rate: (host: string) => number,
    worse = 0,
  ) {
    return {
      t,
      grayShare: gray.length / (gray.length + prod.length),
      prod: this.side(prod, rate),
      gray: this.side(gray, host => rate(host) + worse),
    };
  }
}

const names = (from: number, to: number) => Array.from({length: to - from}, (_, at) => `web-${from + at}`);
const calm = () => 0.01;

function run(ticks: EvidenceTick[], history: EvidenceTick[] = []): EvidenceReading[] {
  const evaluator = createEvaluator(OPTIONS);
  for (const tick of history) evaluator.history(tick);
  return ticks.map(tick => evaluator.observe(tick));
}

describe('gray on hosts of its own', () => {
  test('is not taken for worse because one of its hosts is', () => {
    const fleet = new Fleet();
    const rate = (host: string) => (host === 'web-0' ? 0.1 : 0.01);
    const ticks = Array.from({length: 600}, (_, t) => fleet.tick(t, names(0, 4), names(4, 20), rate));
    expect(run(ticks).at(-1)).toMatchObject({decided: false, isOneHost: false});
    // The same requests without the names of hosts.
    const unnamed = ticks.map(({gray: {instances: _, ...gray}, ...tick}) => ({...tick, gray}));
    expect(run(unnamed).at(-1)).toMatchObject({decided: true, worst: 'error_rate'});
  });

  test('is found where every one is worse, also after a long time', () => {
    const fleet = new Fleet();
    const ticks = Array.from({length: 1900}, (_, t) =>
      fleet.tick(t, names(0, 4), names(4, 20), calm, t < 1800 ? 0 : 0.1),
    );
    const reading = run(ticks).at(-1)!;
    expect(reading).toMatchObject({decided: true, worst: 'error_rate', atMost: 'rollback', isOneHost: false});
    expect(reading.decidedAt).toBeLessThan(1820);
  });

  test.each([
    ['fails all of its requests from the first on', 0.99],
    ['fails one of ten', 0.1],
  ])('of which there is one is paused at most: it %s', (_, worse) => {
    const fleet = new Fleet();
    const [gray, prod] = [names(0, 1), names(1, 20)];
    const history = Array.from({length: 60}, (__, t) => fleet.tick(t - 60, [], prod, calm));
    const readings = run(
      Array.from({length: 300}, (__, t) => fleet.tick(t, gray, prod, calm, worse)),
      history,
    );
    expect(readings.at(-1)).toMatchObject({decided: true, atMost: 'pause', isOneHost: true});
    expect(readings.filter(({decided, atMost: most}) => decided && most !== 'pause')).toEqual([]);
  });

  test('that was paused on one host is rolled back once a second one shows it as well', () => {
    const fleet = new Fleet();
    const evaluator = createEvaluator(OPTIONS);
    for (let t = 0; t < 120; t++) evaluator.observe(fleet.tick(t, names(0, 1), names(1, 20), calm, 0.3));
    expect(evaluator.read()).toMatchObject({decided: true, atMost: 'pause'});
    for (let t = 120; t < 180; t++) evaluator.observe(fleet.tick(t, names(0, 3), names(3, 20), calm, 0.3));
    expect(evaluator.read()).toMatchObject({decided: true, atMost: 'rollback', isOneHost: false});
  });
});

describe('hosts do not matter', () => {
  const last = (gray: string[], prod: string[]) => {
    const fleet = new Fleet();
    const ticks = Array.from({length: 120}, (_, t) => fleet.tick(t, gray, prod, calm, 0.02));
    const bare = ({instances: _, ...side}: SideTick): SideTick => side;
    const without = ticks.map(tick => ({...tick, prod: bare(tick.prod), gray: bare(tick.gray)}));
    return [run(ticks), run(without)];
  };

  test('where each serves both sides', () => {
    const [named, unnamed] = last(names(0, 8), names(0, 8));
    expect(named).toEqual(unnamed);
  });

  test('where fewer than five are known', () => {
    const [named, unnamed] = last(names(0, 1), names(1, 4));
    expect(named).toEqual(unnamed);
  });

  test('where what is said of them cannot be true', () => {
    const fleet = new Fleet();
    const ticks = Array.from({length: 60}, (_, t) => fleet.tick(t, names(0, 4), names(4, 20), calm, 0.2));
    const wrong = (side: SideTick): SideTick => ({
      ...side,
      instances: names(0, 9).flatMap(id => [
        {id, requests: -1, errors: 0, timeSum: 0},
        {id, requests: 1e9, errors: 0, timeSum: 0},
        {id, requests: 2, errors: 3, timeSum: 0},
        {id, requests: 2, errors: Number.NaN, timeSum: 0},
        {id, requests: 2, errors: 0, timeSum: Number.POSITIVE_INFINITY},
      ]),
    });
    const bad = ticks.map(tick => ({...tick, prod: wrong(tick.prod), gray: wrong(tick.gray)}));
    expect(run(bad).at(-1)).toMatchObject({decided: true, atMost: 'rollback', isOneHost: false});
  });
});

test('of thousands of hosts a bounded number is followed, and a checkpoint goes on with them', () => {
  const fleet = new Fleet();
  let parts = createEvaluator(OPTIONS);
  const whole = createEvaluator(OPTIONS);
  for (let t = 0; t < 400; t++) {
    // Hosts come and go: after a minute none is there any more.
    const from = 60 * Math.floor(t / 60);
    const tick = fleet.tick(t, names(from, from + 5), names(1000 + from, 1060 + from), calm, 0.005);
    expect(parts.observe(tick)).toEqual(whole.observe(tick));
    if (t % 37 === 0) parts = createEvaluator(OPTIONS, JSON.parse(JSON.stringify(parts.snapshot())));
  }
  expect(parts.snapshot()).toEqual(whole.snapshot());
  expect(JSON.stringify(whole.snapshot()).length).toBeLessThan(40_000);
});

describe.each([
  ['people are known', true],
  ['no person is known', false],
])('simulated launches on unlike hosts where %s', (_, withPeople) => {
  const stops = (at: number, list = UNLIKE) =>
    stopped(
      runFamily(list[at]!, {
        launches: 25,
        seed: 4,
        horizon: 400,
        withReference: false,
        mix: 'even',
        withPeople,
      }),
      'judge',
    );

  test.each(UNLIKE.map(({name}, at) => [name, at] as const))('are let pass: %s', (__, at) => {
    expect(stops(at)).toBeLessThanOrEqual(2);
  });

  test.each([
    ['errors', 0, 24],
    ['response times', 2, 17],
  ])('of a bad gray are stopped: %s', (__, at, least) => {
    expect(stops(at, UNLIKE_WORSE)).toBeGreaterThanOrEqual(least);
  });
});
