import {afterEach, describe, expect, test, vi} from 'vitest';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import {Limits} from '../../../source/analysis/evidence/limits.ts';
import {Scatter} from '../../../source/analysis/evidence/scatter.ts';
import {PeopleShare} from '../../../source/analysis/evidence/share.ts';
import type {EvidenceReading} from '../../../source/analysis/evidence/reading.ts';
import type {PeopleTick} from '../../../source/analysis/evidence/tick.ts';
import {Chance} from './simulation/chance.ts';
import {Crowd, CROWD, type Counting, type CrowdSetting} from './simulation/crowd.ts';

const HORIZON = 600;
const raises = (t: number) => (t < 200 ? 0.05 : t < 400 ? 0.2 : 0.5);

/** How many launches of one and the same version are stopped. */
function stops(launches: number, setting: Partial<CrowdSetting>, counting: Counting = 'once'): number {
  let count = 0;
  for (let index = 0; index < launches; index++) {
    const chance = new Chance(71 + index * 104_729);
    const people = Math.round(chance.logBetween(300, 3000));
    const crowd = new Crowd({...CROWD, people, ...setting}, 7919 * index + 5, counting);
    const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
    for (const tick of crowd.history()) evaluator.history(tick);
    for (const tick of crowd.ticks(HORIZON)) {
      if (!evaluator.observe(tick).decided) continue;
      count++;
      break;
    }
  }
  return count;
}

afterEach(() => vi.restoreAllMocks());

describe('equal versions under people-like clients', () => {
  test.each<[string, Partial<CrowdSetting>, Counting, Counting]>([
    ['of a person once, not once a side', {loopers: 100, asked: raises, real: raises}, 'once', 'per-side'],
    ['of a person once, also when gray restarts', {loopers: 40}, 'once', 'gray-forgets'],
    ['of a person once, not once an instance', {loopers: 40}, 'once', 'twenty-instances'],
    ['of people who were dealt, not of insiders', {insiders: 0.1}, 'once', 'with-insiders'],
    [
      'by the share that people show, not the one asked for',
      {asked: () => 0.1, real: () => 0.3, loopers: 30},
      'once',
      'asked-alone',
    ],
  ])('pass where a finding counts %s', (_, setting, right, wrong) => {
    expect(stops(12, setting, right)).toBe(0);
    // The simulation would show it: with the rule broken they are stopped.
    expect(stops(12, setting, wrong)).toBeGreaterThan(2);
  });

  test('pass with a scanner on gray, where requests alone would stop them', () => {
    expect(stops(12, {scanner: 'gray'})).toBe(0);
    expect(stops(6, {scanner: 'gray'}, 'no-people')).toBeGreaterThan(3);
  });

  test('pass where response times of both sides rise, and a new place is a new limit', () => {
    // Few people and many requests: each counts at every new limit. What noise tempers would hide a broken rule.
    vi.spyOn(Scatter.prototype, 'noise', 'get').mockReturnValue(0);
    const share = () => 0.1;
    const slower = (t: number) => Math.max(0, t) / 60;
    const rising = {slower, people: 20, requestsPerSecond: 20, asked: share, real: share};
    expect(stops(60, rising)).toBeLessThanOrEqual(1);
    // One limit that follows the quantile counts the same people in the same capital again and again.
    vi.spyOn(Limits.prototype, 'review').mockImplementation(function follow(this: Limits, t: number) {
      if (this.buckets.length === 0) this.begin(t);
      for (const [at, part] of [0.4, 0.12, 0.04, 0.012, 0.003, 0.0007].entries()) {
        const quantile = this.times.quantile(part);
        if (quantile !== null && at < this.buckets.length) this.buckets[at] = quantile;
      }
      this.times.fade(0.95);
    });
    expect(stops(60, rising)).toBeGreaterThan(3);
  });

  test('pass where people who move to gray by a raise meet cold caches for a while', () => {
    const cold = {asked: raises, real: raises, cold: 2, requestsPerSecond: 60};
    expect(stops(8, cold)).toBe(0);
    vi.spyOn(PeopleShare.prototype, 'isCold').mockReturnValue(false);
    expect(stops(8, cold)).toBeGreaterThan(2);
  });

  test('pass where response times of both sides wander', () => {
    expect(stops(12, {slower: t => 2 * Math.sin(t / 60)})).toBe(0);
  });
});

describe('what cannot be true about people', () => {
  const run = (people: (t: number) => PeopleTick, errors = 1): EvidenceReading => {
    const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
    const side = {requests: 50, errors: 0, conversions: 0, hist: []};
    let reading: EvidenceReading | null = null;
    for (let t = 1; t <= 120; t++)
      reading = evaluator.observe({
        t,
        grayShare: 0.5,
        prod: {...side, errors, people: {seen: 10, failed: 0}},
        gray: {...side, errors, people: people(t)},
      });
    return reading!;
  };

  test.each<[string, PeopleTick]>([
    ['more fail than requests', {seen: 10, failed: 30}],
    ['a million are seen', {seen: 1e6, failed: 0}],
    ['fewer than none', {seen: -4, failed: 0}],
    ['no number', {seen: 10, failed: Number.NaN}],
    ['a part of a person', {seen: 10.5, failed: 0.5}],
    ['endless', {seen: Number.POSITIVE_INFINITY}],
    ['times of a million', {seen: 10, slowest: [[40, 1_000_000]]}],
    ['times that only leave', {seen: 10, slowest: [[40, -5]]}],
    ['times in no bucket', {seen: 10, slowest: [[Number.NaN, 1]]}],
    ['more name a person than came', {seen: 10, requests: 400}],
  ])('is put aside and told: %s', (_, people) => {
    const reading = run(() => people);
    expect(reading).toMatchObject({decided: false, faults: ['people-contradict'], footing: 'requests'});
    expect(JSON.stringify(reading)).not.toContain('NaN');
  });

  test('once in a while does not change the footing', () => {
    expect(run(t => (t === 60 ? {seen: -1} : {seen: 10}))).toMatchObject({
      footing: 'people',
      faults: ['people-contradict'],
    });
  });

  test('leaves requests to be judged where fewer than 95 of a hundred name a person', () => {
    expect(run(() => ({seen: 10, requests: 46}))).toMatchObject({footing: 'requests', faults: []});
    expect(run(() => ({seen: 10, requests: 49}))).toMatchObject({footing: 'people', faults: []});
  });
});

test('people of gray are not held against it while the requests of prod name none', () => {
  const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
  const side = {requests: 50, errors: 1, conversions: 0, hist: []};
  for (let t = 1; t <= 600; t++) {
    const people = {seen: 10, failed: t <= 30 ? 1 : 0};
    const prod = t <= 30 ? side : {...side, people};
    evaluator.observe({t, grayShare: 0.5, prod, gray: {...side, people}});
  }
  expect(evaluator.read()).toMatchObject({footing: 'people', decided: false, direction: 'none'});
});
