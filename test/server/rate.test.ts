import {expect, it} from 'vitest';
import {RateLimit} from '../../source/server/rate.ts';

it('lets so many through at once, then as many as the time allows, each for himself', () => {
  const limit = new RateLimit({burst: 3, perSecond: 2});
  expect([0, 0, 0, 0].map(now => limit.take('a', now))).toEqual([0, 0, 0, 500]);
  expect(limit.take('b', 0)).toBe(0);
  expect(limit.take('a', 250)).toBe(250);
  expect(limit.take('a', 500)).toBe(0);
  expect(limit.take('a', 600)).toBe(400);
  expect([0, 1, 2, 3].map(() => limit.take('a', 1e9))).toEqual([0, 0, 0, 500]);
});

it('remembers a bounded number of those who ask', () => {
  const limit = new RateLimit({burst: 1, perSecond: 0.001});
  expect(limit.take('first', 0)).toBe(0);
  expect(limit.take('first', 0)).toBeGreaterThan(0);
  for (let n = 0; n < 20_000; n++) limit.take(`other ${n}`, 0);
  // Forgotten: it begins anew, and the memory of it was given to others.
  expect(limit.take('first', 0)).toBe(0);
});
