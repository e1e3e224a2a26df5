import {expect, test} from 'vitest';
import {openProgram, redisPlace} from '../acceptance/place.ts';
import {redisMissing} from '../servers/redis.ts';
import {eventually} from '../patience.ts';

test.skipIf(redisMissing)('several features are a list: opened, left, and taken back from it', async () => {
  await using place = await redisPlace();
  const start = (feature: string) =>
    place.cli.run('start', 'v2', '--over', 'v1', '--feature', feature, '--yes');
  for (const feature of ['pay', 'search', 'ui']) expect(await start(feature)).toMatchObject({exitCode: 0});
  expect(await place.cli.json('status')).toMatchObject({
    schema: 'graydeck.list/1',
    features: [{feature: 'pay'}, {feature: 'search'}, {feature: 'ui'}],
  });

  await using console = openProgram(place);
  await console.until('3 features');
  console.press('j', 'Enter');
  await console.until('search 2/3');
  // The console that may write publishes what it sees, so the list knows this feature from now on.
  await eventually(async () => {
    const {features} = (await place.cli.json('status')) as {features: {feature: string; summary: unknown}[]};
    expect(features.find(({feature}) => feature === 'search')?.summary).toMatchObject({state: 'rolling'});
  });
  console.press('o');
  await console.until(rows => rows.some(row => /search +ROLLING +5 %/u.test(row)));
  console.press('r');
  await console.until('ROLL BACK');
  console.press('y');
  await eventually(async () => {
    expect(await place.cli.json('status', '--feature', 'search')).toMatchObject({percent: {set: 0}});
  });
  expect(await place.cli.json('status', '--feature', 'pay')).toMatchObject({percent: {set: 5}});
  console.press('q');
  expect(await console.exit()).toBe(0);
});
