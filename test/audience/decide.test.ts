import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {bucketer, bucketOf} from '../../source/audience/bucket.ts';
import {decider} from '../../source/audience/decide.ts';
import {askedOf, CASES, CUSTOM, NOW, splitNamed} from './conformance.ts';

describe('every case of the conformance file gets its side, reason and cohort', () => {
  test.each(CASES)('$split: $name', one => {
    const split = splitNamed(one.split);
    // What a stale router does by a phase that says keep: as before.
    const isKept = one.standing === 'stale' && split.whenStale === 'keep';
    const decide = decider(
      {split, version: 7},
      isKept ? 'fresh' : one.standing,
      one.registers === true ? CUSTOM : {},
    );
    const {side, reason, cohort, version, release} = decide(one.user, NOW, askedOf(one));
    expect({side, reason, cohort}).toEqual(one.expect);
    expect({version, release}).toEqual({version: 7, release: 'r-2'});
  });
});

test('cookies are read from the header where nobody has parsed them', () => {
  const decide = decider({split: splitNamed('nobody-by-percent'), version: 1});
  const sideBy = (cookie: string) => decide({id: 'u-9'}, NOW, {headers: {cookie}}).side;
  expect(sideBy('a=1; gray_release=true; b=2')).toBe('gray');
  expect(sideBy('gray_release=false; gray_release=true')).toBe('prod');
  expect(sideBy('not_gray_release=true; x=gray_release=true')).toBe('prod');
  expect(decide({id: 'u-9'}, NOW, {headers: new Headers({'X-Gray-Release': 'true'})}).side).toBe('gray');
});

test('who is decided upon alike gets the very same answer, so that answers take no memory', () => {
  const decide = decider({split: splitNamed('half'), version: 1});
  expect(decide({id: 'u-131'}, NOW)).toBe(decide({id: 'u-298'}, NOW));
  expect(Object.isFrozen(decide({id: 'u-131'}, NOW))).toBe(true);
});

test('a predicate that throws lets nobody in, neither by itself nor by its opposite', () => {
  const has_contract = () => {
    throw new Error('no database');
  };
  for (const name of ['own-predicate', 'without-own-predicate']) {
    const decide = decider({split: splitNamed(name), version: 1}, 'fresh', {has_contract});
    expect(decide({id: 'u-9'}, NOW)).toMatchObject({side: 'prod', reason: 'outside'});
  }
});

test('salt and id are hashed apart as they would be together, whatever letters and lengths', () => {
  const salts = fc.constantFrom('new_payment:', 'ui:.', 'a:', '用户:', '');
  const ids = fc.oneof(fc.string({unit: 'binary', maxLength: 300}), fc.string({maxLength: 40}));
  fc.assert(fc.property(salts, ids, (salt, id) => bucketer(salt)(id) === bucketOf(salt, id)));
  const long = 'u'.repeat(100_000);
  expect(bucketer('new_payment:')(long)).toBe(bucketOf('new_payment:', long));
});
