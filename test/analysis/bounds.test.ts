import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {betaCdf, betaQuantile, lnGamma} from '../../source/analysis/beta.ts';
import {
  combined,
  dispersion,
  meanOf,
  PROOF,
  proportion,
  quantileRanks,
  SUSPICION,
} from '../../source/analysis/bounds.ts';
import {arrivals, normal, seeded} from '../../source/demo/behaviour.ts';

/** How many of `of` trials succeed. */
function binomial(of: number, share: number, random: () => number): number {
  let count = 0;
  for (let trial = 0; trial < of; trial++) if (random() < share) count += 1;
  return count;
}

/** The part of so many runs in which something is so, 0–1. */
function partOf(runs: number, isSo: () => boolean): number {
  let count = 0;
  for (let run = 0; run < runs; run++) if (isSo()) count += 1;
  return count / runs;
}

describe('the beta distribution', () => {
  test.each([
    [0.5, 0.5723649429247001],
    [10, 12.801827480081469],
    [100, 359.1342053695754],
    [12345.5, 103958.24296512322],
  ])('ln Γ(%d)', (x, expected) => expect(lnGamma(x) / expected).toBeCloseTo(1, 12));

  test.each([[0.3, 2, 5, 0.5798250000000003]])('I at %d of %d and %d', (x, a, b, expected) =>
    expect(betaCdf(x, a, b)).toBeCloseTo(expected, 12),
  );

  test('its quantile is its inverse, whatever its parameters', () => {
    fc.assert(
      fc.property(
        fc.double({min: -0.3, max: 7, noNaN: true}),
        fc.double({min: -0.3, max: 7, noNaN: true}),
        fc.constantFrom([PROOF.level, PROOF.z], [1 - PROOF.level, -PROOF.z], [SUSPICION.level, SUSPICION.z]),
        (lnA, lnB, [p, z]) => {
          const [a, b] = [10 ** lnA, 10 ** lnB];
          const x = betaQuantile(p, z, a, b);
          expect(betaCdf(x, a, b)).toBeCloseTo(p, 3);
        },
      ),
      {numRuns: 400},
    );
  });
});

describe('a proportion', () => {
  test.each([
    [0, 2302, 0, 0.0009997540797958],
    [10, 100, 0.0631112568485632, 0.14988259230162],
    [2, 1000, 0.0005319361973409, 0.005313485364031],
    [5, 5, 0.630957344480193, 1],
  ])('%d of %d as Clopper and Pearson have it', (events, of, low, high) => {
    const found = proportion(events, of, PROOF);
    expect(found.low).toBeCloseTo(low, 9);
    expect(found.high).toBeCloseTo(high, 9);
  });

  test('0.1 % is shown by 2 302 clean requests, not by 2 301', () => {
    expect(proportion(0, 2302, PROOF).high).toBeLessThan(0.001);
    expect(proportion(0, 2301, PROOF).high).toBeGreaterThan(0.001);
  });

  test('the more is seen of the same share the closer are its limits, and more events raise both', () => {
    const some = fc.double({min: 0.5, max: 1e6, noNaN: true});
    fc.assert(
      fc.property(
        some,
        fc.double({min: 0, max: 1, noNaN: true}),
        fc.double({min: 1.05, max: 50, noNaN: true}),
        (of, share, times) => {
          const few = proportion(share * of, of, PROOF);
          const many = proportion(share * of * times, of * times, PROOF);
          expect(few.low).toBeLessThanOrEqual(few.value + 1e-9);
          expect(few.high).toBeGreaterThanOrEqual(few.value - 1e-9);
          expect(many.high).toBeLessThanOrEqual(few.high * (1 + 1e-4) + 1e-9);
          const more = proportion(Math.min(of, share * of + 1), of, PROOF);
          expect(more.high).toBeGreaterThanOrEqual(few.high * (1 - 1e-4));
          expect(more.low).toBeGreaterThanOrEqual(few.low * (1 - 1e-4));
        },
      ),
    );
  });

  test.each([
    [0.001, 300],
    [0.001, 3000],
    [0.02, 100],
    [0.5, 40],
    [0.99, 500],
  ])('a share of %d in %d trials lies beyond a limit in a tenth of the cases at most', (share, of) => {
    const random = seeded(11);
    const missed = (side: 'low' | 'high') =>
      partOf(2000, () => {
        const found = proportion(binomial(of, share, random), of, PROOF);
        return side === 'high' ? found.high < share : found.low > share;
      });
    expect(missed('high')).toBeLessThan(0.115);
    expect(missed('low')).toBeLessThan(0.115);
  });
});

describe('two proportions', () => {
  /** How often a comparison that is not so is taken for shown. */
  const wrongly = (gray: number, prod: number, times: number, of: readonly [number, number]) => {
    const random = seeded(23);
    return partOf(3000, () => {
      const [g, p] = [
        proportion(arrivals(of[0] * gray, random), of[0], PROOF),
        proportion(arrivals(of[1] * prod, random), of[1], PROOF),
      ];
      return (
        combined([
          {weight: 1, of: g},
          {weight: -times, of: p},
        ]).high < 0
      );
    });
  };

  test.each([
    [0.015, 0.01, 1.5, [1000, 9000]],
    [0.003, 0.002, 1.5, [2000, 2000]],
    [0.0015, 0.001, 1.5, [500, 9500]],
    [0.05, 0.05, 1, [400, 400]],
    [0.002, 0.002, 1, [1000, 1000]],
  ] as const)('%d is not "below" %d times %d in more than a tenth of the cases', (gray, prod, times, of) => {
    expect(wrongly(gray, prod, times, of)).toBeLessThan(0.12);
  });

  test('a difference that is there is shown once there is enough of it', () => {
    const [prod, gray] = [proportion(300, 10_000, PROOF), proportion(100, 10_000, PROOF)];
    const points = combined([
      {weight: 1, of: prod},
      {weight: -1, of: gray},
    ]);
    expect(points.value).toBeCloseTo(0.02, 12);
    expect(points.low).toBeGreaterThan(0.017);
    expect(points.high).toBeLessThan(0.023);
  });
});

describe('a mean', () => {
  test("is Student's for what is even, to a part in a thousand", () => {
    const ten = meanOf({mean: 100, deviation: 20, skewness: 0}, 10, PROOF);
    expect((ten.high - 100) / (20 / Math.sqrt(10))).toBeCloseTo(1.3830287383966329, 3);
    expect(ten.high - 100).toBeCloseTo(100 - ten.low, 9);
  });

  test.each([
    [20, 0.18],
    [60, 0.14],
    [300, 0.12],
  ])('of %d skewed times is believed too low about as often as it says', (of, most) => {
    const random = seeded(5);
    const truth = Math.exp(0.7 ** 2 / 2);
    const missed = partOf(3000, () => {
      const values = Array.from({length: of}, () => Math.exp(0.7 * normal(random)));
      const mean = values.reduce((sum, one) => sum + one, 0) / of;
      const power = (n: number) => values.reduce((sum, one) => sum + (one - mean) ** n, 0) / of;
      const deviation = Math.sqrt((power(2) * of) / (of - 1));
      return meanOf({mean, deviation, skewness: power(3) / deviation ** 3}, of, PROOF).high < truth;
    });
    expect(missed).toBeLessThan(most);
  });
});

describe('a quantile', () => {
  test('of 95 % has an upper limit from 45 values on: 0.95^45 is below a tenth', () => {
    expect(quantileRanks(0.95, 44, PROOF).high).toBeNull();
    expect(quantileRanks(0.95, 45, PROOF).high).toBeGreaterThan(0.95);
    expect(quantileRanks(0.99, 229, PROOF).high).toBeNull();
    expect(quantileRanks(0.99, 230, PROOF).high).not.toBeNull();
  });

  test('has about the same ranks whether there are many values or not so many', () => {
    for (const q of [0.5, 0.95, 0.99])
      for (const {level, z} of [PROOF, SUSPICION]) {
        const few = Math.floor(24.9 / (q * (1 - q)));
        const [less, more] = [few, few + 2].map(of => quantileRanks(q, of, {level, z}));
        expect(Math.abs(less!.high! - more!.high!) * few).toBeLessThan(2.5);
        expect(Math.abs(less!.low! - more!.low!) * few).toBeLessThan(2.5);
      }
  });

  test.each([
    [0.5, 100],
    [0.95, 100],
    [0.95, 1000],
    [0.99, 400],
  ])('of %d of %d values lies within its ranks in nine of ten cases each', (q, of) => {
    const random = seeded(9);
    const ranks = quantileRanks(q, of, PROOF);
    const missed = (side: 'low' | 'high') =>
      partOf(3000, () => {
        const below = binomial(of, q, random);
        return side === 'high' ? below >= Math.ceil(ranks.high! * of) : below < (ranks.low ?? 0) * of;
      });
    expect(missed('high')).toBeLessThan(0.115);
    expect(missed('low')).toBeLessThan(0.115);
  });
});

describe('the dispersion of counts', () => {
  test('is 1 where requests fail one by one, and the size of the bursts where they fail in bursts', () => {
    const random = seeded(3);
    const windows = (burst: number) =>
      Array.from({length: 400}, () => ({events: burst * arrivals(20 / burst, random), of: 2000}));
    expect(dispersion(windows(1))!).toBeGreaterThan(0.85);
    expect(dispersion(windows(1))!).toBeLessThan(1.2);
    expect(dispersion(windows(10))! / 10).toBeGreaterThan(0.85);
    expect(dispersion(windows(10))! / 10).toBeLessThan(1.2);
  });

  test('is not known of nothing, of one window, or without an event', () => {
    expect(dispersion([])).toBeNull();
    expect(dispersion([{events: 3, of: 100}])).toBeNull();
    expect(
      dispersion([
        {events: 0, of: 100},
        {events: 0, of: 90},
      ]),
    ).toBeNull();
    expect(
      dispersion([
        {events: 0, of: 0},
        {events: 1, of: 90},
      ]),
    ).toBeNull();
  });
});
