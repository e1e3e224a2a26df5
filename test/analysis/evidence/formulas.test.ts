import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Capital, EFFECTS, unbetAfter} from '../../../source/analysis/evidence/capital.ts';
import {load, save} from '../../../source/analysis/evidence/checkpoint.ts';
import {Finding} from '../../../source/analysis/evidence/finding.ts';
import {Limits} from '../../../source/analysis/evidence/limits.ts';
import {Onset} from '../../../source/analysis/evidence/onset.ts';
import {Scatter} from '../../../source/analysis/evidence/scatter.ts';
import {PeopleShare, Surplus} from '../../../source/analysis/evidence/share.ts';
import {Stratum} from '../../../source/analysis/evidence/stratum.ts';
import {Chance} from './simulation/chance.ts';

const counted = (seconds: number, gray = 10, prod = 90) => ({
  seconds,
  gray,
  grayEvents: 0,
  grayPeople: 0,
  prod,
  prodEvents: 0,
  prodPeople: 0,
});

describe('the prior of the start', () => {
  test.each([
    [0, 0.4],
    [600, 0.4 / (1 + Math.log(2))],
    [3600, 0.4 / (1 + Math.log(7))],
  ])('after %d s %d of the capital is not bet yet', (seconds, left) => {
    expect(unbetAfter(seconds)).toBeCloseTo(left, 12);
  });

  test('stays heavy: after a day a tenth of a thousandth is bet on any hour to come', () => {
    expect(unbetAfter(86_400) - unbetAfter(90_000)).toBeGreaterThan(1e-4);
  });
});

describe('capital', () => {
  const ones = new Float64Array(16).fill(1);

  test('is kept while likelihood ratios are 1, however long', () => {
    const capital = new Capital(EFFECTS.more, null);
    for (let t = 1; t < 5000; t += 7) capital.grow(t, 7, ones, 0);
    expect(capital.total).toBeCloseTo(1, 12);
  });

  test('of a capped block counts no more than a hundred times exp(x / 4), and never more than uncapped', () => {
    const capped = new Capital(EFFECTS.more, 0);
    const bare = new Capital(EFFECTS.more, null);
    const factors = new Float64Array(16).fill(3);
    for (let t = 1; t < 29; t++) {
      capped.grow(t, 1, factors, 1);
      bare.grow(t, 1, factors, 1);
    }
    expect(capped.total).toBeLessThan(100 * Math.exp(28 / 4));
    expect(capped.total).toBeGreaterThan(20 * Math.exp(28 / 4));
    expect(bare.total).toBeGreaterThan(1e10);
  });

  test('goes on growing in the next block: what lasts longer is no cluster', () => {
    const capped = new Capital(EFFECTS.more, 0);
    const factors = new Float64Array(16).fill(1.5);
    for (let t = 1; t < 29; t++) capped.grow(t, 1, factors, 0.5);
    const after = capped.total;
    for (let t = 30; t < 59; t++) capped.grow(t, 1, factors, 0.5);
    expect(capped.total).toBeGreaterThan(100 * after);
  });
});

describe('a finding', () => {
  const binomial = (n: number, k: number, p: number) => {
    let chance = p ** k * (1 - p) ** (n - k);
    for (let i = 0; i < k; i++) chance *= (n - i) / (i + 1);
    return chance;
  };
  /** Mean over every way in which two strata of four events can fall. */
  const meanOf = (isByPeople: boolean, worse: 'more' | 'less', law: (x: number) => number) => {
    let mean = 0;
    for (let first = 0; first <= 4; first++)
      for (let second = 0; second <= 4; second++) {
        const finding = new Finding(worse, isByPeople);
        for (const [index, x] of [first, second].entries())
          finding.observe(
            {from: index, t: index},
            {x, m: 4, share: 0.3, noise: 0, design: isByPeople ? 1 : 2.5},
            {...counted(1), gray: 30, prod: 70},
          );
        mean += law(first) * law(second) * Math.exp(finding.logE);
      }
    return mean;
  };
  /** Of 4 among 100 requests, 30 of them gray's. */
  const hypergeometric = (x: number) => {
    const choose = (n: number, k: number) => binomial(n, k, 0.5) * 2 ** n;
    return (choose(30, x) * choose(70, 4 - x)) / choose(100, 4);
  };

  test.each(['more', 'less'] as const)(
    'by people is worth 1 in the mean where gray is no worse (%s)',
    worse => {
      expect(meanOf(true, worse, x => binomial(4, x, 0.3))).toBeCloseTo(1, 10);
    },
  );

  test.each(['more', 'less'] as const)('by requests is worth at most 1 in the mean (%s)', worse => {
    expect(meanOf(false, worse, hypergeometric)).toBeLessThanOrEqual(1);
    expect(meanOf(false, worse, hypergeometric)).toBeGreaterThan(0.6);
  });

  test('of one who counts, gray’s at a share of a tenth, is worth the mixture of ψ / (1 + (ψ − 1) / 10)', () => {
    const finding = new Finding('more', true);
    finding.observe({from: 1, t: 1}, {x: 1, m: 1, share: 0.1, noise: 0, design: 1}, counted(1));
    const {stakes, excesses} = EFFECTS.more;
    const mixture = stakes.reduce((sum, stake, k) => {
      const excess = excesses[k] ?? 0;
      return sum + (stake * (1 + excess)) / (1 + excess * 0.1);
    }, 0);
    expect(Math.exp(finding.logE)).toBeCloseTo(0.4 + 0.6 * mixture, 12);
  });

  test('is tempered by noise', () => {
    const calm = new Finding('more', true);
    const noisy = new Finding('more', true);
    for (let t = 1; t < 10; t++) {
      calm.observe({from: t, t}, {x: 20, m: 60, share: 0.2, noise: 0, design: 1}, counted(1));
      noisy.observe({from: t, t}, {x: 20, m: 60, share: 0.2, noise: 0.1, design: 1}, counted(1));
    }
    expect(noisy.logE).toBeLessThan(calm.logE / 4);
  });
});

describe('the onset', () => {
  test('is the second at which events began to speak against gray', () => {
    const finding = new Finding('more', true);
    for (let t = 1; t <= 100; t++) {
      const x = t >= 61 ? 3 : t % 5 === 0 ? 1 : 0;
      finding.observe({from: t, t}, {x, m: 5, share: 0.2, noise: 0, design: 1}, counted(1));
    }
    expect(finding.onset.read().since).toBeGreaterThanOrEqual(59);
    expect(finding.onset.read().since).toBeLessThanOrEqual(62);
    expect(finding.onset.read().counted.seconds).toBeLessThanOrEqual(42);
  });

  test('is unknown where nothing speaks against gray', () => {
    expect(new Onset(7).read().since).toBeNull();
  });
});

describe('the design effect', () => {
  test('is 2.5 at least, and about the size of clusters beyond', () => {
    const chance = new Chance(3);
    const alone = new Scatter();
    const clusters = new Scatter();
    for (let t = 0; t < 1800; t++) {
      alone.learn(t, chance.binomial(200, 0.02), 200);
      clusters.learn(t, 12 * chance.poisson((200 * 0.02) / 12), 200);
    }
    expect(alone.design).toBe(2.5);
    expect(clusters.design).toBeGreaterThan(6);
    expect(clusters.design).toBeLessThan(25);
  });
});

describe('noise', () => {
  test('of a rate that wanders from minute to minute is seen, a calm one is nearly 0', () => {
    const chance = new Chance(4);
    const calm = new Scatter();
    const restless = new Scatter();
    let factor = 1;
    for (let t = 0; t < 3600; t++) {
      if (t % 60 === 0) factor = chance.factor(0.3);
      calm.learn(t, chance.binomial(500, 0.1), 500);
      restless.learn(t, chance.binomial(500, Math.min(1, 0.1 * factor)), 500);
    }
    expect(calm.noise).toBeLessThan(0.0005);
    expect(restless.noise).toBeGreaterThan(0.03);
  });
});

describe('gray’s share of people', () => {
  const tick = (t: number, grayShare: number, gray: number, prod: number) => ({
    t,
    grayShare,
    gray: {requests: gray, errors: 0, conversions: 0, hist: [], people: {seen: gray}},
    prod: {requests: prod, errors: 0, conversions: 0, hist: [], people: {seen: prod}},
  });

  test('is the one that is worse for the evidence, asked or seen', () => {
    const share = new PeopleShare();
    share.observe(tick(1, 0.2, 400, 600));
    expect(share.of('more', 4, 6)).toBeCloseTo(0.4, 1);
    expect(share.of('less', 4, 6)).toBe(0.2);
    share.observe(tick(2, 0.1, 0, 0));
    expect(share.of('more', 1, 9)).toBeCloseTo(0.1, 9);
  });

  test('is that of the requests where a side was hardly there', () => {
    const share = new PeopleShare();
    share.observe(tick(1, 0.2, 20, 80));
    expect(share.of('more', 500, 1)).toBeGreaterThan(0.99);
  });

  test('is unknown where gray has nobody or everybody', () => {
    const share = new PeopleShare();
    share.observe(tick(1, 1, 10, 0));
    expect(share.of('more', 10, 0)).toBeNaN();
  });
});

describe('requests beyond gray’s share', () => {
  const stratum = (gray: number, prod: number) => {
    const one = new Stratum();
    Object.assign(one, {seconds: 1});
    one.gray.requests = gray;
    one.prod.requests = prod;
    return one;
  };

  test('are none while gray gets what chance gives it', () => {
    const surplus = new Surplus();
    for (let t = 0; t < 100; t++) expect(surplus.observe(0.1, stratum(9 + 2 * (t % 2), 90))).toBe(0);
  });

  test('are what one client adds, but for two standard deviations', () => {
    const surplus = new Surplus();
    for (let t = 0; t < 100; t++) surplus.observe(0.1, stratum(10, 90));
    let sum = 0;
    for (let t = 0; t < 60; t++) sum += surplus.observe(0.1, stratum(30, 90));
    // Of 1200 requests a tenth belongs to gray's share of a traffic that has grown.
    expect(sum).toBeGreaterThan(900);
    expect(sum).toBeLessThan(1080);
  });

  test('become gray’s share if they stay, and are unknown where no share was asked for', () => {
    const surplus = new Surplus();
    let last = 0;
    for (let t = 0; t < 3000; t++) last = surplus.observe(0.1, stratum(30, 90));
    expect(last).toBeLessThan(1);
    expect(new Surplus().observe(Number.NaN, stratum(30, 10))).toBe(0);
  });
});

describe('limits', () => {
  test('stay where they are, and new ones share what is left of the weight, however often times move', () => {
    const limits = new Limits();
    for (let t = 0; t < 4000; t += 30) {
      limits.times.learn([[Math.round(60 + 40 * Math.sin(t / 400)), 1000]]);
      limits.review(t);
    }
    expect(limits.buckets.length).toBeGreaterThan(10);
    expect(new Set(limits.buckets).size).toBe(limits.buckets.length);
    expect(limits.buckets.every(bucket => bucket % 4 === 0)).toBe(true);
    expect(limits.weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThanOrEqual(1);
  });
});

describe('a saved part', () => {
  class Part {
    readonly inner = {list: [1, 2], n: Number.NaN};
    a = Number.NEGATIVE_INFINITY;
    is = false;
  }

  test('comes back through JSON to the bit', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), fc.double(), fc.boolean(), (list, n, is) => {
        const part = Object.assign(new Part(), {a: n, is});
        part.inner.list.splice(0, 2, ...list);
        const other = new Part();
        expect(load(other, JSON.parse(JSON.stringify(save(part))))).toBe(true);
        // JSON knows no -0.
        expect(JSON.stringify(save(other))).toBe(JSON.stringify(save(part)));
      }),
    );
  });

  test.each([[null], [{}], [{inner: {list: [1, 'x'], n: 1}, a: 1, is: true}], [{inner: 5, a: 1, is: true}]])(
    'of another shape is refused: %j',
    saved => {
      expect(load(new Part(), saved)).toBe(false);
    },
  );
});
