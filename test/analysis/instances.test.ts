import {describe, expect, test} from 'vitest';
import {Instances} from '../../source/analysis/windows/instances.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {feed, T0} from './feed.ts';
import {Scene} from './judge/scene.ts';

/** So many requests of each, in every second of a stretch. */
function heard(requests: Readonly<Record<string, number>>, seconds = 60, from = T0): Instances {
  const instances = new Instances();
  for (let second = 0; second < seconds; second++)
    for (const [name, count] of Object.entries(requests))
      instances.count('gray', name, count, from + second * 1000);
  return instances;
}

const END = T0 + 60_000;

describe('an instance', () => {
  test.each([
    ['of a service that shares its work', {a: 13, b: 12, c: 9, d: 11}, false],
    ['that does a little more than the others', {a: 60, b: 12, c: 9, d: 11}, false],
    ['that says what all others together could not', {a: 5000, b: 12, c: 9, d: 11}, true],
    ['of two, one of which does nearly everything', {a: 5000, b: 1}, false],
    ['that is alone', {a: 5000}, false],
    ['where nobody says much', {a: 1, b: 0.01, c: 0.01}, false],
  ])('%s outshouts the rest or not', (_, requests, isAlone) => {
    expect(heard(requests).loudest('gray', END)).toMatchObject({instance: 'a', isAlone});
  });

  test('that has been quiet for a minute outshouts nobody any more', () => {
    const instances = heard({a: 5000, b: 10, c: 10});
    expect(instances.loudest('gray', END)?.isAlone).toBe(true);
    for (let second = 60; second < 125; second++)
      for (const name of ['b', 'c']) instances.count('gray', name, 10, T0 + second * 1000);
    expect(instances.loudest('gray', T0 + 125_000)).toMatchObject({instances: 2, isAlone: false});
  });

  test('is one of a side: prod does not speak for gray, and nobody who gives no name', () => {
    expect(heard({a: 5000, b: 10, c: 10}).loudest('prod', END)).toBeNull();
    expect(new Instances().loudest('gray', END)).toBeNull();
  });

  test('from long ago, or one name too many, takes no room', () => {
    const instances = heard({a: 100});
    instances.count('gray', 'late', 1e9, T0 - 3_600_000);
    expect(instances.loudest('gray', END)?.instances).toBe(1);
    for (let index = 0; index < 10_000; index++) instances.count('gray', `n-${index}`, 1, END);
    const {instances: names} = instances.loudest('gray', END + 10_000)!;
    expect(names).toBeGreaterThan(1000);
    expect(names).toBeLessThanOrEqual(4097);
  });
});

test('windows know who outshouts the rest of the running split', () => {
  const windows = new Windows();
  windows.begin({release: 'r-1', splitVersion: 3, since: T0});
  for (let second = 0; second < 30; second++) {
    const at = T0 + second * 1000 + 500;
    for (const name of ['web-1', 'web-2', 'web-3'])
      feed(
        windows,
        at,
        `side gray instance ${name} split 3 requests ${name === 'web-2' ? 9000 : 20} errors 0`,
      );
    feed(windows, at, 'side gray cohort chosen instance web-1 split 3 requests 90000');
  }
  expect(windows.loudest('gray', T0 + 30_000)).toMatchObject({
    instance: 'web-2',
    isAlone: true,
    instances: 3,
  });
  windows.begin({release: 'r-2', splitVersion: 9, since: T0 + 30_000});
  expect(windows.loudest('gray', T0 + 31_000)).toBeNull();
});

test('a release of which one instance says nearly everything does not go on, and is not taken back for it', () => {
  const scene = new Scene();
  scene.ranMs = 1e9;
  const second = (loud: number) => {
    for (const [index, name] of ['web-1', 'web-2\u001b[31m', 'web-3'].entries()) {
      const requests = index === 1 ? loud : 10;
      feed(
        scene.windows,
        scene.at,
        `side gray instance ${name} requests ${requests} errors 0 response_time 80`,
      );
      feed(
        scene.windows,
        scene.at,
        `side prod instance ${name} requests ${requests} errors 0 response_time 80`,
      );
    }
    scene.at += 1000;
    return scene.judge();
  };
  for (let index = 0; index < 59; index++) second(10);
  expect(second(10).verdict.action).toBe('advance');
  for (let index = 0; index < 59; index++) second(1000);
  const {verdict, shouting} = second(1000);
  expect(verdict).toMatchObject({action: 'hold', reasons: [{code: 'one_instance', metric: null}]});
  expect(verdict.reasons[0]?.text).toMatch(
    /^web-2\S* alone says 9\d\.?\d* % of gray's requests, 2 other instances the rest$/u,
  );
  expect(verdict.reasons[0]?.text).not.toContain('\u001b');
  expect(shouting?.instance).toContain('web-2');
  for (let index = 0; index < 70; index++) second(10);
  expect(second(10).verdict.action).toBe('advance');
});
