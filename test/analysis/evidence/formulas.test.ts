import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Clusters} from '../../../source/analysis/evidence/clusters.ts';
import {lnConditional} from '../../../source/analysis/evidence/conditional.ts';
import {EFFECTS, NODES, stakes} from '../../../source/analysis/evidence/effects.ts';
import {lnRising} from '../../../source/analysis/evidence/gamma.ts';
import {LAWS, NOISE_LEVELS, mixLaws} from '../../../source/analysis/evidence/noise-laws.ts';
import {CLUSTERED, MODELS, OVERS} from '../../../source/analysis/evidence/model-view.ts';
import {normalBelow} from '../../../source/analysis/evidence/normal.ts';
import {lnPair} from '../../../source/analysis/evidence/pair.ts';
import {Tape} from '../../../source/analysis/evidence/tape.ts';

/** ln Γ of a whole or half number, by its definition. */
const choose = (n: number, k: number) => Math.exp(lnRising(n - k + 1, k) - lnRising(1, k));
const range = (to: number) => Array.from({length: to + 1}, (_, k) => k);

describe('the conditional e-value of a second', () => {
  test.each([
    ['the only event is on gray, which has a tenth of the requests: 3 / 1.2', 1, 2.5],
    ['the only event is on prod: 1 / 1.2', 0, 1 / 1.2],
  ])('%s', (_, x, expected) => {
    expect(Math.exp(lnConditional(x, 1, 0.1, Math.log(3), 2))).toBeCloseTo(expected, 12);
  });

  test('has a mean of 1 at most however the events fall by chance, whatever the rates, requests and effect', () => {
    const law = fc.property(
      fc.integer({min: 1, max: 40}),
      fc.integer({min: 1, max: 40}),
      fc.double({min: 0, max: 1, noNaN: true}),
      fc.double({min: -3, max: 5, noNaN: true}),
      (gray, prod, part, log) => {
        const m = Math.round(part * (gray + prod));
        const share = gray / (gray + prod);
        let mean = 0;
        for (const x of range(Math.min(m, gray))) {
          if (m - x > prod) continue;
          const chance = (choose(gray, x) * choose(prod, m - x)) / choose(gray + prod, m);
          mean += chance * Math.exp(lnConditional(x, m, share, log, Math.expm1(log)));
        }
        expect(mean).toBeLessThan(1 + 1e-9);
      },
    );
    fc.assert(law, {numRuns: 300});
  });
});

describe('rising factorials', () => {
  test.each([
    [1, 10, Math.log(3_628_800)],
    [0.5, 3, Math.log(0.5 * 1.5 * 2.5)],
    [1e-6, 2, Math.log(1e-6 * (1 + 1e-6))],
    [7, 0, 0],
  ])('from %d, %d factors', (r, k, expected) => {
    expect(lnRising(r, k)).toBeCloseTo(expected, 12);
  });

  test('agree with the product of their factors from a billionth to a billion', () => {
    const law = fc.property(
      fc.double({min: -9, max: 9, noNaN: true}),
      fc.integer({min: 0, max: 3000}),
      (exponent, k) => {
        const r = 10 ** exponent;
        let sum = 0;
        let size = 1;
        for (let i = 0; i < k; i++) {
          sum += Math.log(r + i);
          size += Math.abs(Math.log(r + i));
        }
        expect(Math.abs(lnRising(r, k) - sum) / size).toBeLessThan(1e-12);
      },
    );
    fc.assert(law);
  });
});

describe('the split of two spans of time', () => {
  test('is Lindon and Malek’s where rates may be anything: ten events of ten on one of two equal sides are 2^10 / 11 times likelier', () => {
    // A beta-binomial law with a uniform prior has two pseudo-events: over = m / 2.
    const clustered = lnPair(10, 10, 0.5, 0, 5);
    const even = lnPair(10, 10, 0.5, 0, 0);
    expect(Math.exp(clustered - even) / 93.0909090909).toBeCloseTo(1, 9);
  });

  test('is a law: over all splits it sums to 1, clustered or not, whatever the ratio of the rates', () => {
    for (const over of [0, 0.4, 3, 30])
      for (const excess of [-0.6, 0, 2]) {
        const sum = range(25).reduce(
          (s, x) => s + choose(25, x) * Math.exp(lnPair(x, 25, 0.3, excess, over)),
          0,
        );
        expect(sum).toBeCloseTo(1, 10);
      }
  });
});

describe('clusters of events', () => {
  const gray = 30;
  const all = 100;
  const after = (look: [x: number, m: number]) => {
    const clusters = new Clusters();
    for (const [x, m] of [[0, 2], [3, 5], [1, 1], look] as const) {
      clusters.look(x, gray, m, all, 0.05, 1);
      if (m !== look[1] || x !== look[0]) clusters.learn(1);
    }
    return clusters;
  };

  test('follow a law, whatever was before: over all splits of a number it sums to what that number has', () => {
    for (let k = 0; k < MODELS - CLUSTERED; k++)
      for (const m of [0, 4, 9]) {
        const total = Math.exp(after([0, m]).lnTotal(k));
        const sum = range(m).reduce(
          (s, x) =>
            s +
            choose(m, x) * (gray / all) ** x * (1 - gray / all) ** (m - x) * Math.exp(after([x, m]).like[k]!),
          0,
        );
        expect(sum / total).toBeCloseTo(1, 10);
      }
  });

  test('that last expect a side to go on as it was, those at once do not', () => {
    const clusters = new Clusters();
    clusters.look(4, gray, 4, all, 0.005, 1);
    const before = [...clusters.like];
    clusters.learn(1);
    clusters.look(4, gray, 4, all, 0.005, 1);
    const more = [...clusters.like].map((log, k) => log - before[k]!);
    const ofOnce = more.slice(0, OVERS.length);
    const ofLasting = more.slice(OVERS.length);
    expect(Math.max(...ofOnce.map(Math.abs))).toBeLessThan(1e-12);
    expect(Math.min(...ofLasting)).toBeGreaterThan(0.5);
  });
});

describe('the normal law', () => {
  test.each([
    [0, 0.5],
    [1.959963985, 0.975],
    [-2.326347874, 0.01],
    [4, 0.99996832875817],
    [-40, 0],
  ])('below %d', (z, expected) => {
    expect(Math.abs(normalBelow(z) - expected)).toBeLessThan(7.5e-8);
  });
});

describe('laws of a minute’s difference', () => {
  const weights = Float64Array.from(NOISE_LEVELS, () => 1 / NOISE_LEVELS.length);
  const laws = new Float64Array(LAWS * NODES.length);

  test('sum to 1, for no effect and for each', () => {
    mixLaws(Math.log1p(0.1), weights, laws);
    for (let law = 0; law < LAWS; law++) {
      const sum = laws.subarray(law * NODES.length, (law + 1) * NODES.length).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });

  test('without noise are the effect itself and nothing else', () => {
    mixLaws(
      0,
      Float64Array.from(NOISE_LEVELS, (_, level) => (level === 0 ? 1 : 0)),
      laws,
    );
    for (const [k, effect] of EFFECTS.entries())
      expect(laws[(k + 1) * NODES.length + NODES.indexOf(effect)]).toBe(1);
    expect(laws[NODES.indexOf(0)]).toBe(1);
  });
});

describe('stakes', () => {
  test('are all of the wealth, and none is on what cannot be: three in ten cannot become four times as many', () => {
    for (const bet of [stakes('more'), stakes('less'), stakes('more', 0.3)])
      expect(bet.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(
      stakes('more', 0.3)
        .map((stake, k) => (stake > 0 ? EFFECTS[k]! : 0))
        .at(-1),
    ).toBe(0);
    expect(Math.max(...EFFECTS.filter((_, k) => stakes('more', 0.3)[k]! > 0))).toBeLessThan(
      Math.log(1 / 0.3),
    );
  });
});

describe('the tape of a checkpoint', () => {
  test('gives every number back to the bit', () => {
    const law = fc.property(fc.array(fc.double()), numbers => {
      const tape = new Tape();
      tape.put(...numbers);
      const read = Tape.decode(tape.encode());
      expect(numbers.every(number => Object.is(read?.take(), number))).toBe(true);
      expect(read?.isAtEnd).toBe(true);
    });
    fc.assert(law);
  });

  test.each(['?', 'AAAA', 'no tape'])('takes %s for none', text => {
    expect(Tape.decode(text)).toBeNull();
  });
});
