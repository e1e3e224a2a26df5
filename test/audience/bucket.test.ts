import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {boundaryOf, bucketOf} from '../../source/audience/bucket.ts';

const nginx = JSON.parse(
  readFileSync(new URL('../../fixtures/audience/buckets.json', import.meta.url), 'utf8'),
) as {salt: string; percents: number[]; cases: [string, string][]};

test('a user gets the side that nginx would give', () => {
  for (const [user, answers] of nginx.cases) {
    const own = nginx.percents.map(percent => (bucketOf(nginx.salt, user) < boundaryOf(percent) ? '1' : '0'));
    expect([user, own.join('')]).toEqual([user, answers]);
  }
});

test('the boundaries are those of nginx, and 100 % leaves nobody out', () => {
  const boundaries = [0, 0.01, 1, 10, 33.33, 50, 99.99].map(boundaryOf);
  expect(boundaries).toEqual([0, 429496, 42949672, 429496729, 1431512599, 2147483647, 4294537798]);
  expect(boundaryOf(100)).toBeGreaterThan(0xffffffff);
});

test('raising the percentage only adds users', () => {
  const users = Array.from({length: 2000}, (_, index) => bucketOf('new_ui:.', `user-${index}`));
  const inAt = (percent: number) => users.filter(bucket => bucket < boundaryOf(percent));
  expect(inAt(20)).toEqual(expect.arrayContaining(inAt(10)));
  expect(inAt(20).length / users.length).toBeCloseTo(0.2, 1);
});
