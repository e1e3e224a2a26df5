import {describe, expect, test} from 'vitest';
import {exposureBound, servedNow, type EdgeMoment, type Served} from '../../source/nginx/agent.ts';
import {splitOf} from './site.ts';

const split = splitOf('pay', {percent: 20});
const off = splitOf('pay', {live: false, percent: 0, tiers: []});
const before: Served = {version: 4, release: 'r-1', percent: 10, live: true};
const moment = (more: Partial<EdgeMoment> = {}): EdgeMoment => ({
  known: {version: 7, split},
  isObeyed: true,
  isApplied: true,
  isGray: true,
  trouble: null,
  ...more,
});

describe('what an agent says of its edge', () => {
  test('is the split that nginx has confirmed, at its version', () => {
    expect(servedNow(moment(), before)).toEqual({version: 7, release: 'r-1', percent: 20, live: true});
    const rolledBack = moment({known: {version: 8, split: off}, isGray: false});
    expect(servedNow(rolledBack, before)).toEqual({version: 8, release: 'r-1', percent: 0, live: false});
  });

  test('stays what was confirmed before, for as long as nginx has not said otherwise', () => {
    expect(servedNow(moment({isApplied: false}), before)).toEqual(before);
    expect(servedNow(moment({isApplied: false}), null)).toEqual({
      version: 0,
      release: null,
      percent: 0,
      live: false,
    });
  });

  test('is prod where a live split is not obeyed, or nginx has no way to gray for it', () => {
    expect(servedNow(moment({isObeyed: false}), before)).toMatchObject({version: 7, percent: 0, live: false});
    expect(servedNow(moment({isGray: false}), before)).toMatchObject({version: 7, percent: 0, live: false});
  });

  test('of an nginx that does not run is prod, where prod is what is wanted', () => {
    const down = {isApplied: false, isGray: false, trouble: {code: 'not-running', text: ''}} as const;
    expect(servedNow(moment({...down, known: {version: 8, split: off}}), before)).toMatchObject({
      version: 8,
      live: false,
    });
    expect(servedNow(moment(down), before)).toEqual(before);
  });
});

test('the bound is stale time, watchdog and shutdown together, and a day where a phase keeps gray', () => {
  const times = {watchdogMs: 10_000, shutdownMs: 30_000};
  expect(exposureBound(split, times, 15_000)).toBe(55_000);
  expect(exposureBound(null, times, 15_000)).toBe(55_000);
  expect(exposureBound({...split, whenStale: 'keep'}, times, 15_000)).toBe(86_400_000);
  expect(exposureBound({...off, whenStale: 'keep'}, times, 15_000)).toBe(55_000);
});
