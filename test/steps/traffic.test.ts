import {describe, expect, test} from 'vitest';
import type {Report} from '../../source/audience/applied.ts';
import {trafficPerformer, type TrafficView} from '../../source/steps/traffic.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {initialState} from '../../source/release/state.ts';
import {complete, rollback, run, start} from '../release/orders.ts';
import {given} from '../release/specification.ts';

const SECOND = 1000;
const NOW = 1_800_000_000_000;

/** An application that reported `ageMs` ago. */
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

/** A view in which every user must be at prod. */
function view(rest: Partial<TrafficView>): TrafficView {
  return {
    split: () => ({split: deriveSplit(initialState('pay')), since: 7}),
    routers: () => Promise.resolve([]),
    now: () => NOW,
    grayRequestsSince: () => Promise.resolve(null),
    ...rest,
  };
}

async function deadlineWith(
  routers: () => Promise<Report[]>,
  name: 'traffic' | 'traffic-to-prod' = 'traffic',
): Promise<number> {
  const {deadlineMs} = trafficPerformer(view({routers}), {name});
  return typeof deadlineMs === 'number' ? deadlineMs : await deadlineMs();
}

describe('the step that waits for the routers', () => {
  const GRAY = {live: true, percent: 20, version: 6};

  test('can be taken over soon if every router has confirmed, or none exists', async () => {
    expect(await deadlineWith(() => Promise.resolve([]))).toBe(5 * SECOND);
    expect(await deadlineWith(() => Promise.resolve([router(SECOND)]))).toBe(5 * SECOND);
  });

  test('has a deadline that covers the bounds of unconfirmed routers', async () => {
    expect(await deadlineWith(() => Promise.resolve([router(SECOND, GRAY)]))).toBe(21 * SECOND);
    expect(await deadlineWith(() => Promise.resolve([router(16 * SECOND, GRAY)]))).toBe(6 * SECOND);
    expect(await deadlineWith(() => Promise.resolve([router(40 * SECOND, GRAY)]))).toBe(5 * SECOND);
  });

  test('has a deadline of a minute if routers cannot be read or take longer', async () => {
    expect(await deadlineWith(() => Promise.reject(new Error('away')))).toBe(65 * SECOND);
    const slow = router(0, {...GRAY, boundMs: 600 * SECOND});
    expect(await deadlineWith(() => Promise.resolve([slow]))).toBe(65 * SECOND);
  });

  test('has a deadline until a silent router counts as gone, before the clean-up', async () => {
    const keeping = router(120 * SECOND, {...GRAY, boundMs: 86_400 * SECOND});
    expect(await deadlineWith(() => Promise.resolve([keeping]), 'traffic-to-prod')).toBe(485 * SECOND);
    expect(await deadlineWith(() => Promise.resolve([router(0, GRAY)]), 'traffic-to-prod')).toBe(22 * SECOND);
  });

  const {release} = given(start(), rollback());
  const back = release.steps.find(({id}) => id === 'rollback.traffic')!;
  const signal = new AbortController().signal;

  test('is done once every user is at prod, also if samples cannot be read', async () => {
    const broken = view({grayRequestsSince: () => Promise.reject(new Error('away'))});
    const done = await trafficPerformer(broken, back).perform(back, {release, signal});
    expect(done).toMatchObject({outcome: 'done', facts: {routers: 0}});
    expect(done.facts).not.toHaveProperty('grayRequestsAfter');
  });

  test('looks again if the routers cannot be read for a moment', async () => {
    let failures = 2;
    const routers = () =>
      failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve([router(SECOND)]);
    const done = await trafficPerformer(view({routers}), back).perform(back, {release, signal});
    expect(done).toMatchObject({outcome: 'done', facts: {routers: 1}});
  });
});

describe('a router that is silent and keeps gray by itself', () => {
  const signal = new AbortController().signal;

  /** It reported last a minute before `begun`. Each look at the routers takes more than a minute. */
  function passing(begun: number): TrafficView {
    let now = begun;
    const at = begun - 60 * SECOND;
    const silent = router(0, {live: true, percent: 100, version: 6, boundMs: 86_400 * SECOND, at});
    const routers = () => {
      now += 70 * SECOND;
      return Promise.resolve([silent]);
    };
    return view({routers, now: () => now});
  }

  test('is named after a minute of a rollback, and the steps continue', async () => {
    const {release} = given(start(), rollback());
    const step = release.steps.find(({id}) => id === 'rollback.traffic')!;
    const done = await trafficPerformer(passing(release.rollback!.at), step).perform(step, {release, signal});
    expect(done).toMatchObject({outcome: 'failed', facts: {silent: 1}});
    expect(done.error).toContain('sdk web-1');
  });

  test('is waited for until it counts as gone before gray is cleaned up', async () => {
    const {release} = given(start(), complete(), ...run('promotion.traffic'));
    const step = release.steps.find(({id}) => id === 'promotion.traffic-to-prod')!;
    const done = await trafficPerformer(passing(NOW), step).perform(step, {release, signal});
    expect(done).toMatchObject({outcome: 'done', facts: {silent: 0}});
    expect(done.facts?.['ms']).toBeGreaterThan(500 * SECOND);
  });

  test('does not delay a move to gray', async () => {
    const {release} = given(start(), complete());
    const step = release.steps.find(({id}) => id === 'promotion.traffic')!;
    const done = await trafficPerformer(passing(NOW), step).perform(step, {release, signal});
    expect(done).toMatchObject({outcome: 'done', facts: {silent: 1}});
  });
});
