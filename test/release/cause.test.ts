import {describe, expect, test} from 'vitest';
import {causeFacts} from '../../source/release/cause.ts';
import {begin, end, rollback, start} from './orders.ts';
import {given, guard, wait, DAWN, MINUTE, SECOND} from './specification.ts';

const errors = {
  code: 'evidence',
  metric: 'error_rate',
  value: 6.2,
  threshold: 0.48,
  samples: 812,
  windowSeconds: 41,
  text: 'gray error rate 6.2 %, prod 0.48 %',
  people: 190,
};
const waits = {...errors, code: 'phase_time', metric: null, text: 'alpha has 2 min left'};
const seen = {reasons: [waits, errors], onset: DAWN + MINUTE, footing: 'people' as const};
const judged = {
  type: 'verdict' as const,
  release: 'r-1',
  action: 'rollback' as const,
  reasons: [{...errors, value: 7.5}],
  onset: DAWN + 30 * SECOND,
  by: guard(1),
};

describe('the cause of a rollback', () => {
  test('is what the actor saw, where no guard has written a verdict', () => {
    const {release} = given(start(), wait(2 * MINUTE), rollback({seen}));
    expect(release.rollback?.cause).toStrictEqual({
      reasons: [errors],
      onset: DAWN + MINUTE,
      footing: 'people',
    });
    expect(causeFacts(release)).toMatchObject({
      metric: 'error_rate',
      gray: 6.2,
      prod: 0.48,
      limit: null,
      onset: DAWN + MINUTE,
      detectedAt: release.rollback?.at,
      prodAt: null,
      requests: 812,
      people: 190,
    });
  });

  test('is the verdict of the guard, whatever else was seen', () => {
    const {release} = given(start(), {type: 'take-guard', by: guard(0)}, judged, rollback({seen}));
    expect(release.rollback?.cause).toMatchObject({reasons: [{value: 7.5}], onset: DAWN + 30 * SECOND});
  });

  test('counts until prod served everyone', () => {
    const {release} = given(
      start(),
      rollback({seen}),
      begin('rollback.traffic'),
      end('rollback.traffic', 'done', {facts: {ms: 210, grayRequestsAfter: 41}}),
    );
    expect(causeFacts(release)).toMatchObject({prodAt: (release.rollback?.at ?? 0) + 210, requests: 853});
  });

  test('is unknown where nothing that was measured spoke against gray', () => {
    const calm = {...seen, reasons: [waits]};
    expect(given(start(), rollback({seen: calm})).release.rollback?.cause).toBeNull();
    expect(causeFacts(given(start(), rollback()).release)).toBeNull();
  });

  test.each([
    [null],
    ['x'],
    [{reasons: 'x'}],
    [{reasons: [null, 7, {code: 'evidence'}]}],
    [{reasons: [{...errors, value: '7'}]}],
  ])('never keeps a rollback from being written: %j', odd => {
    const {release} = given(start(), rollback({seen: odd as never}));
    expect(release.state).toBe('rolling_back');
  });
});
