import {describe, expect, test} from 'vitest';
import type {Report} from '../../source/audience/applied.ts';
import {trafficPerformer} from '../../source/effects/traffic.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {initialState} from '../../source/release/state.ts';
import {rollback, start} from '../release/orders.ts';
import {given} from '../release/specification.ts';

const SECOND = 1000;
const NOW = 1_800_000_000_000;

/** An app that reported a while ago; everyone is to be at prod. */
function router(ageMs: number, rest: Partial<Report> = {}): Report {
  return {
    name: 'sdk web-1',
    kind: 'sdk',
    version: 7,
    release: null,
    percent: 0,
    live: false,
    boundMs: 17 * SECOND,
    at: NOW - ageMs,
    ...rest,
  };
}

async function deadlineWith(routers: () => Promise<Report[]>): Promise<number> {
  const {deadlineMs} = trafficPerformer({
    split: () => ({split: deriveSplit(initialState('pay')), since: 7}),
    routers,
    now: () => NOW,
    grayRequestsSince: () => Promise.resolve(null),
  });
  return typeof deadlineMs === 'number' ? deadlineMs : await deadlineMs();
}

describe('the step that waits for the routers', () => {
  const GRAY = {live: true, percent: 20, version: 6};

  test('may be taken over soon where every router has confirmed, or there is none', async () => {
    expect(await deadlineWith(() => Promise.resolve([]))).toBe(5 * SECOND);
    expect(await deadlineWith(() => Promise.resolve([router(SECOND)]))).toBe(5 * SECOND);
  });

  test('is waited for as long as a router may still take that has not', async () => {
    expect(await deadlineWith(() => Promise.resolve([router(SECOND, GRAY)]))).toBe(21 * SECOND);
    expect(await deadlineWith(() => Promise.resolve([router(16 * SECOND, GRAY)]))).toBe(6 * SECOND);
    expect(await deadlineWith(() => Promise.resolve([router(40 * SECOND, GRAY)]))).toBe(5 * SECOND);
  });

  test('is given a minute where nobody can be asked, or a router takes longer than that', async () => {
    expect(await deadlineWith(() => Promise.reject(new Error('away')))).toBe(65 * SECOND);
    const slow = router(0, {...GRAY, boundMs: 600 * SECOND});
    expect(await deadlineWith(() => Promise.resolve([slow]))).toBe(65 * SECOND);
  });

  test('is done once everybody is at prod, also where the samples that were to be counted cannot be read', async () => {
    const {perform} = trafficPerformer({
      split: () => ({split: deriveSplit(initialState('pay')), since: 7}),
      routers: () => Promise.resolve([]),
      now: () => NOW,
      grayRequestsSince: () => Promise.reject(new Error('away')),
    });
    const {release} = given(start(), rollback());
    const step = release.steps.find(({id}) => id === 'rollback.traffic')!;
    const done = await perform(step, {release, signal: new AbortController().signal});
    expect(done).toMatchObject({outcome: 'done', facts: {routers: 0}});
    expect(done.facts).not.toHaveProperty('grayRequestsAfter');
  });

  test('looks again where the routers cannot be read for a moment: what comes after it may take gray away', async () => {
    let failures = 2;
    const {perform} = trafficPerformer({
      split: () => ({split: deriveSplit(initialState('pay')), since: 7}),
      routers: () => (failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve([router(SECOND)])),
      now: () => NOW,
      grayRequestsSince: () => Promise.resolve(null),
    });
    const {release} = given(start(), rollback());
    const step = release.steps.find(({id}) => id === 'rollback.traffic')!;
    const done = await perform(step, {release, signal: new AbortController().signal});
    expect(done).toMatchObject({outcome: 'done', facts: {routers: 1}});
  });
});
