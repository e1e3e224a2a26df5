import {afterEach, expect, test, vi} from 'vitest';
import {StoreClock} from '../../../source/store/redis/clock.ts';
import type {RedisClient} from '../../../source/store/redis/client.ts';
import {eventually, PATIENCE_MS} from '../../patience.ts';

afterEach(() => vi.restoreAllMocks());

test('a machine that slept asks the store for the time at once, not half a minute later', async () => {
  let seconds = 1000;
  const call = vi.fn<() => Promise<string[]>>(() => Promise.resolve([String(seconds), '0']));
  const clock = new StoreClock({call} as unknown as RedisClient);
  await clock.compare();
  expect(Math.abs(clock.now() - 1_000_000)).toBeLessThan(PATIENCE_MS);
  const asked = call.mock.calls.length;
  clock.now();
  expect(call).toHaveBeenCalledTimes(asked);

  const wall = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => wall() + 3_600_000);
  seconds += 3600;
  clock.now();
  await eventually(() => expect(Math.abs(clock.now() - 4_600_000)).toBeLessThan(PATIENCE_MS));
  clock.stop();
});
