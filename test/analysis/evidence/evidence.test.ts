import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import type {EvidenceEvaluator} from '../../../source/analysis/evidence/reading.ts';
import type {EvidenceOptions, EvidenceReading} from '../../../source/analysis/evidence/reading.ts';
import type {EvidenceTick, SideTick} from '../../../source/analysis/evidence/tick.ts';
import {Chance} from './simulation/chance.ts';

const OPTIONS: EvidenceOptions = {falseAlarms: 0.01, margin: 0};
const SILENT: SideTick = {requests: 0, errors: 0, conversions: 0, hist: []};

interface Rates {
  errors?: number;
  conversions?: number;
  /** Bucket of the usual response time, and part of the requests ten times as slow. */
  bucket?: number;
  slow?: number;
}

const side = (chance: Chance, requests: number, rates: Rates = {}): SideTick => {
  const {errors = 0.005, conversions = 0.05, bucket = 52, slow = 0.01} = rates;
  const late = chance.binomial(requests, slow);
  const early = chance.binomial(requests - late, 0.5);
  const hist = [
    [bucket, early],
    [bucket + 1, requests - late - early],
    [bucket + 27, late],
  ] as const;
  return {
    requests,
    errors: chance.binomial(requests, errors),
    conversions: chance.binomial(requests, conversions),
    hist: hist.filter(([, count]) => count > 0),
  };
};

/** A release of 200 requests a second, a fifth of them gray. */
class Service {
  readonly chance: Chance;
  #t = 0;

  constructor(seed = 1) {
    this.chance = new Chance(seed);
  }

  teach(evaluator: EvidenceEvaluator, seconds = 300): void {
    for (let t = -seconds; t < 0; t++) evaluator.history({t, prod: side(this.chance, 200)});
  }

  tick(gray: Rates = {}, prod: Rates = {}): EvidenceTick {
    this.#t += 1;
    return {
      t: this.#t,
      grayShare: 0.2,
      prod: side(this.chance, 160, prod),
      gray: side(this.chance, 40, gray),
    };
  }

  run(evaluator: EvidenceEvaluator, seconds: number, gray: Rates = {}, prod: Rates = {}): EvidenceReading {
    let reading = evaluator.observe(this.tick(gray, prod));
    for (let left = seconds - 1; left > 0 && !reading.decided; left--)
      reading = evaluator.observe(this.tick(gray, prod));
    return reading;
  }
}

const begun = (options = OPTIONS, seed = 1) => {
  const evaluator = createEvaluator(options);
  const service = new Service(seed);
  service.teach(evaluator);
  return {evaluator, service};
};
const found = (reading: EvidenceReading, metric: string) =>
  reading.metrics.find(one => one.metric === metric)!;

describe('a gray that is worse', () => {
  test.each<[string, Rates, string, number]>([
    ['half of the requests fail', {errors: 0.5}, 'error_rate', 2],
    ['ten times as many requests fail', {errors: 0.05}, 'error_rate', 15],
    ['one request in five less converts', {conversions: 0.04}, 'conversion_rate', 600],
    ['everything takes half as long again', {bucket: 56}, 'response_time', 10],
    ['the slowest of a hundred are four', {slow: 0.04}, 'response_time', 60],
  ])('is found when %s', (_, gray, metric, within) => {
    const {evaluator, service} = begun();
    const reading = service.run(evaluator, within, gray);
    expect(reading).toMatchObject({decided: true, worst: metric, direction: 'gray-worse'});
    expect(reading.decidedAt).toBe(reading.t);
    expect(reading.logE).toBeGreaterThanOrEqual(reading.limit);
  });

  test('is found after an hour in which it was healthy, in hardly more time', () => {
    const {evaluator, service} = begun();
    expect(service.run(evaluator, 3600).decided).toBe(false);
    const reading = service.run(evaluator, 60, {errors: 0.05});
    expect(reading).toMatchObject({decided: true, worst: 'error_rate'});
    expect(reading.t).toBeLessThan(3630);
    expect(found(reading, 'error_rate').seconds).toBeLessThan(60);
  });

  test('stays decided, also when it gets well', () => {
    const {evaluator, service} = begun();
    const {decidedAt} = service.run(evaluator, 20, {errors: 0.5});
    for (let second = 0; second < 300; second++) evaluator.observe(service.tick());
    expect(evaluator.observe(service.tick())).toMatchObject({decided: true, decidedAt});
  });

  test('tells both rates, the requests behind them, and for response times the limit that tells the sides apart', () => {
    const {evaluator, service} = begun();
    const errors = found(service.run(evaluator, 60, {errors: 0.1}), 'error_rate');
    expect(errors.gray).toBeGreaterThan(0.05);
    expect(errors.prod).toBeLessThan(0.02);
    expect(errors.samples.gray).toBeGreaterThan(30);
    const slow = begun();
    const times = found(slow.service.run(slow.evaluator, 100, {slow: 0.2}), 'response_time');
    expect(times.thresholdMs).toBeGreaterThanOrEqual(2 ** (54 / 8));
    expect(times.thresholdMs).toBeLessThanOrEqual(2 ** (79 / 8));
    expect(times.gray).toBeGreaterThan(0.1);
  });

  test('is found within seconds when half of the requests fail, though one error brings about others in prod', () => {
    const {chance} = new Service(3);
    const evaluator = createEvaluator(OPTIONS);
    const failing: number[] = [];
    const prod = (t: number, requests: number): SideTick => {
      if (t % 20 === 0) for (let later = 0; later < 10; later++) failing[t + later] = 1;
      return {...side(chance, requests, {errors: 0}), errors: failing[t] ?? 0};
    };
    for (let t = -300; t < 0; t++) evaluator.history({t, prod: prod(t + 300, 200)});
    let reading: EvidenceReading | null = null;
    for (let t = 1; t <= 8 && reading?.decided !== true; t++)
      reading = evaluator.observe({
        t,
        grayShare: 0.2,
        prod: prod(t + 300, 160),
        gray: side(chance, 40, {errors: 0.5}),
      });
    expect(reading).toMatchObject({decided: true, worst: 'error_rate'});
    expect(found(reading!, 'error_rate').clustering).toBeGreaterThan(2);
  });

  test('is foretold while it is not certain', () => {
    const {evaluator, service} = begun();
    const forecasts: number[] = [];
    let reading = evaluator.observe(service.tick());
    for (let left = 400; left > 0 && !reading.decided; left--) {
      reading = evaluator.observe(service.tick({errors: 0.012}));
      if (reading.forecastSeconds !== null) forecasts.push(reading.forecastSeconds);
    }
    expect(reading).toMatchObject({decided: true, forecastSeconds: null});
    expect(forecasts.length).toBeGreaterThan(5);
    expect(Math.min(...forecasts)).toBeGreaterThan(0);
  });
});

describe('a gray that is not worse', () => {
  test('goes on when both sides are sick alike', () => {
    const {evaluator, service} = begun();
    // For long: what was learned of a gray that is worse, while none was, must not tell the sides apart now.
    service.run(evaluator, 900);
    const sick = {errors: 0.3, conversions: 0.01, bucket: 70};
    expect(service.run(evaluator, 300, sick, sick).decided).toBe(false);
    expect(service.run(evaluator, 300).decided).toBe(false);
  });

  test('is called better when it is, and is not stopped for it', () => {
    const {evaluator, service} = begun();
    const reading = service.run(evaluator, 900, {errors: 0.0005, conversions: 0.1, bucket: 44});
    expect(reading).toMatchObject({decided: false, direction: 'gray-better'});
  });

  test('may be worse by the margin, not by more', () => {
    const within = begun({falseAlarms: 0.01, margin: 0.5});
    expect(within.service.run(within.evaluator, 900, {errors: 0.007}).decided).toBe(false);
    const beyond = begun({falseAlarms: 0.01, margin: 0.5});
    expect(beyond.service.run(beyond.evaluator, 900, {errors: 0.02}).decided).toBe(true);
    const none = begun();
    expect(none.service.run(none.evaluator, 2700, {errors: 0.0075}).decided).toBe(true);
  });

  test('goes on when events come in bursts, as they did in prod’s history', () => {
    const burst = (chance: Chance, requests: number): SideTick => {
      const bursts = chance.poisson((requests * 0.005) / 6);
      return {...side(chance, requests, {errors: 0}), errors: Math.min(requests, bursts * 6)};
    };
    const stops = (isTaught: boolean) => {
      let count = 0;
      for (let seed = 1; seed <= 20; seed++) {
        const chance = new Chance(seed);
        const evaluator = createEvaluator(OPTIONS);
        for (let t = -300; t < 0; t++)
          evaluator.history({t, prod: isTaught ? burst(chance, 200) : side(chance, 200)});
        let reading: EvidenceReading | null = null;
        for (let t = 1; t <= 300 && reading?.decided !== true; t++)
          reading = evaluator.observe({t, grayShare: 0.2, prod: burst(chance, 160), gray: burst(chance, 40)});
        if (reading?.decided === true) count++;
      }
      return count;
    };
    expect(stops(true)).toBe(0);
    expect(stops(false)).toBeGreaterThan(0);
  });

  test('goes on without traffic on a side, in gaps, and when nothing is left out', () => {
    const {evaluator, service} = begun();
    for (let second = 0; second < 200; second++) {
      const tick = service.tick();
      const isGap = second % 40 > 20;
      evaluator.observe(second % 3 === 0 ? {...tick, gray: SILENT} : isGap ? {...tick, prod: SILENT} : tick);
    }
    const reading = evaluator.observe({t: 90_000, grayShare: null, prod: SILENT, gray: SILENT});
    expect(reading.decided).toBe(false);
    expect(reading.metrics.every(({logE}) => Number.isFinite(logE))).toBe(true);
  });
});

describe('what it is given', () => {
  test('a second shown twice, or late, counts once', () => {
    const {evaluator, service} = begun();
    const first = evaluator.observe(service.tick({errors: 0.05}));
    const tick = service.tick({errors: 0.05});
    const second = evaluator.observe(tick);
    expect(evaluator.observe(tick)).toEqual(second);
    expect(evaluator.observe({...tick, t: 1})).toEqual(second);
    expect(second).not.toEqual(first);
  });

  test('without any history it finds what is gross, and slow responses as soon as it knows usual ones', () => {
    const service = new Service();
    const evaluator = createEvaluator(OPTIONS);
    expect(service.run(evaluator, 30, {errors: 0.5})).toMatchObject({decided: true, worst: 'error_rate'});
    const other = new Service();
    const fresh = createEvaluator(OPTIONS);
    expect(other.run(fresh, 240, {bucket: 60})).toMatchObject({decided: true, worst: 'response_time'});
  });

  test('a metric that does not exist costs the others next to nothing', () => {
    const evaluator = createEvaluator(OPTIONS);
    const service = new Service();
    for (let t = -300; t < 0; t++) evaluator.history({t, prod: side(service.chance, 200, {conversions: 0})});
    const reading = service.run(evaluator, 100, {conversions: 0, errors: 0.05}, {conversions: 0});
    expect(reading).toMatchObject({decided: true, worst: 'error_rate'});
    expect(found(reading, 'conversion_rate')).toMatchObject({gray: 0, prod: 0, direction: 'none'});
    // Of the budget errors have nearly half, where they had a third beside conversions that there are.
    expect(Math.exp(reading.logE - found(reading, 'error_rate').logE)).toBeGreaterThan(0.48);
  });
});

describe('a checkpoint', () => {
  test('goes on as if nothing had stopped: through JSON, in history, before and after limits are set', () => {
    const service = new Service(7);
    const whole = createEvaluator(OPTIONS);
    let parts = createEvaluator(OPTIONS);
    const stop = () => {
      parts = createEvaluator(OPTIONS, JSON.parse(JSON.stringify(parts.snapshot())));
    };
    for (let t = -300; t < 0; t++) {
      const tick = {t, prod: side(service.chance, 200)};
      whole.history(tick);
      parts.history(tick);
      if (t % 41 === 0) stop();
    }
    for (let second = 0; second < 200; second++) {
      const tick = service.tick({errors: 0.007});
      expect(parts.observe(tick)).toEqual(whole.observe(tick));
      if (second % 9 === 0) stop();
    }
    expect(parts.snapshot()).toEqual(whole.snapshot());
    expect(parts.snapshot().t).toBe(200);
    expect(JSON.stringify(parts.snapshot()).length).toBeLessThan(40_000);
  });

  test.each<[string, EvidenceOptions, unknown]>([
    ['other options', {falseAlarms: 0.05, margin: 0}, null],
    ['another version', OPTIONS, {schema: 'graydeck.evidence/0', t: 1, state: {}}],
    ['no state', OPTIONS, {schema: 'graydeck.evidence/3', t: 1, options: '[0.01,0]', limits: 0, state: 'x'}],
    [
      'other parts',
      OPTIONS,
      {schema: 'graydeck.evidence/3', t: 1, options: '[0.01,0]', limits: 0, state: {t: 5}},
    ],
  ])('of %s is taken for none', (_, options, other) => {
    const {evaluator, service} = begun();
    service.run(evaluator, 20, {errors: 0.5});
    const from = other === null ? evaluator.snapshot() : (other as ReturnType<typeof evaluator.snapshot>);
    const taken = createEvaluator(options, from);
    const tick = service.tick();
    expect(taken.observe(tick)).toEqual(createEvaluator(options).observe(tick));
  });
});
