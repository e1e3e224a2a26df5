import {OpenFeature, ServerProviderEvents} from '@openfeature/server-sdk';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {Sample} from '../../source/analysis/sample.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {GraydeckProvider} from '../../source/sdk/openfeature.ts';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, Scene, until} from './scene.ts';

describe.skipIf(redisMissing)('an OpenFeature client', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(async () => {
    await OpenFeature.clearProviders();
    await scene.clear();
  });
  afterAll(() => scene.close());

  async function client(features: string[] = [FEATURE]) {
    const store = `redis://127.0.0.1:${scene.proxy.port}/0`;
    await OpenFeature.setProviderAndWait(new GraydeckProvider({store, stateFolder: scene.folder, features}));
    return OpenFeature.getClient();
  }

  test('learns whether a user gets gray, and why', async () => {
    await scene.put('lists');
    const flags = await client();
    expect(await flags.getBooleanDetails(FEATURE, false, {targetingKey: 'u-1'})).toMatchObject({
      value: true,
      variant: 'gray',
      reason: 'TARGETING_MATCH',
      flagMetadata: {reason: 'included', cohort: 'chosen', version: 1, release: 'r-2'},
    });
    expect(await flags.getStringDetails(FEATURE, '', {targetingKey: 'u-4'})).toMatchObject({
      value: 'prod',
      reason: 'SPLIT',
    });
    expect(await flags.getBooleanValue(FEATURE, true, {targetingKey: 'u-3'})).toBe(false);
  });

  test('passes the attributes of its context as those of the user', async () => {
    await scene.put('half-of-china');
    const flags = await client();
    const context = {targetingKey: 'u-131', country: 'CN', region: 'east'};
    expect(await flags.getBooleanValue(FEATURE, false, context)).toBe(true);
    expect(await flags.getBooleanValue(FEATURE, false, {...context, region: 'west'})).toBe(false);
  });

  test('records results, and the person', async () => {
    await scene.put('half', {release: 'r-7'});
    const flags = await client();
    const context = {targetingKey: 'u-131'};
    await flags.getBooleanValue(FEATURE, false, context);
    flags.track(FEATURE, context, {requests: 1, errors: 1, response_time: 87, path: '/pay'});
    flags.track('conversions', context);
    flags.track('no name', context);
    await until(async () => {
      const entries: string[][] = [];
      await scene.feature.samples.history(
        0,
        batch => entries.push(...batch.map(({fields}) => fields)),
        new AbortController().signal,
      );
      const windows = new Windows({feature: FEATURE});
      windows.begin({release: 'r-7', splitVersion: 1, since: 0});
      const sample = new Sample();
      for (const fields of entries) {
        expect(new SampleParser(windows.table).parse(fields, Date.now(), sample)).toBeNull();
        windows.add(sample, Date.now());
      }
      const counted = windows.people('gray', {from: Date.now() - 60_000, to: Date.now() + 1000});
      expect(counted).toEqual({seen: 1, failed: 1, converted: 1});
    });
  });

  test('follows a rollback', async () => {
    await scene.put('everyone');
    const flags = await client();
    expect(await flags.getBooleanValue(FEATURE, false, {targetingKey: 'u-1'})).toBe(true);
    await scene.put('rolled-back');
    await until(async () => {
      const details = await flags.getBooleanDetails(FEATURE, true, {targetingKey: 'u-1'});
      expect(details).toMatchObject({value: false, reason: 'DISABLED'});
    });
  });

  test('hears of each change of a decision once, and of no other commit', async () => {
    await scene.put('half');
    const flags = await client();
    await flags.getBooleanValue(FEATURE, false, {targetingKey: 'u-1'});
    const heard: unknown[] = [];
    flags.addHandler(ServerProviderEvents.ConfigurationChanged, event => {
      heard.push(event?.flagsChanged);
    });
    // The same split again, as an alert or a step writes it.
    await scene.put('half');
    await scene.put('everyone');
    await until(async () => {
      expect(await flags.getBooleanValue(FEATURE, false, {targetingKey: 'u-9'})).toBe(true);
      expect(heard).toEqual([[FEATURE]]);
    });
    await scene.put('rolled-back');
    await until(() => expect(heard).toEqual([[FEATURE], [FEATURE]]));
    await OpenFeature.clearProviders();
    await scene.put('half');
    expect(heard).toHaveLength(2);
  });

  test('gets its default for an invalid name, another type, or an unknown feature', async () => {
    await scene.put('everyone');
    const flags = await client();
    const user = {targetingKey: 'u-1'};
    expect(await flags.getBooleanDetails('No Such Name', true, user)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await flags.getBooleanDetails('never_released', true, user)).toMatchObject({
      value: true,
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await flags.getNumberDetails(FEATURE, 7, user)).toMatchObject({
      value: 7,
      errorCode: 'TYPE_MISMATCH',
    });
    expect(await flags.getObjectDetails(FEATURE, {a: 1}, user)).toMatchObject({
      value: {a: 1},
      errorCode: 'TYPE_MISMATCH',
    });
  });

  test('follows at most 100 features that the options do not name', async () => {
    await scene.put('everyone');
    const flags = await client([]);
    const user = {targetingKey: 'u-1'};
    expect(await flags.getBooleanValue(FEATURE, false, user)).toBe(true);
    const others = Array.from({length: 110}, (_, n) => flags.getBooleanDetails(`flag-${n}`, true, user));
    const details = await Promise.all(others);
    expect(details.every(({value}) => value)).toBe(true);
    const codes = details.map(({errorCode}) => String(errorCode));
    expect(codes.filter(code => code === 'FLAG_NOT_FOUND')).toHaveLength(99);
    expect(codes.filter(code => code === 'GENERAL')).toHaveLength(11);
    expect(await flags.getBooleanValue(FEATURE, false, user)).toBe(true);
  });

  test('gets its default if the store is away at the start', async () => {
    await scene.proxy.refuse();
    const flags = await client();
    expect(await flags.getBooleanDetails(FEATURE, true, {targetingKey: 'u-1'})).toMatchObject({
      value: true,
      errorCode: 'PROVIDER_NOT_READY',
    });
    await scene.proxy.accept();
  });
});
