import {expect, it} from 'vitest';
import {RateLimit} from '../../source/server/limits.ts';

it('lets a burst through, then as many as the rate allows, for each client alone', () => {
  const limit = new RateLimit({burst: 3, perSecond: 2});
  expect([0, 0, 0, 0].map(now => limit.take('a', now))).toEqual([0, 0, 0, 500]);
  expect(limit.take('b', 0)).toBe(0);
  expect(limit.take('a', 250)).toBe(250);
  expect(limit.take('a', 500)).toBe(0);
  expect(limit.take('a', 600)).toBe(400);
  expect([0, 1, 2, 3].map(() => limit.take('a', 1e9))).toEqual([0, 0, 0, 500]);
});

it('remembers a bounded number of clients', () => {
  const limit = new RateLimit({burst: 1, perSecond: 0.001});
  expect(limit.take('first', 0)).toBe(0);
  expect(limit.take('first', 0)).toBeGreaterThan(0);
  for (let n = 0; n < 20_000; n++) limit.take(`other ${n}`, 0);
  // The client was forgotten and begins again.
  expect(limit.take('first', 0)).toBe(0);
});
