import {getEventListeners} from 'node:events';
import {expect, test} from 'vitest';
import {Bells} from '../../../source/store/redis/bell.ts';

test('a bell that was waited for many times holds on to none of the waits', async () => {
  const bells = new Bells(() => Promise.reject(new Error('nobody is there')), false);
  const bell = bells.listen('graydeck:{pay}:bell');
  const {signal} = new AbortController();
  for (let wait = 0; wait < 20; wait++) await bell.wait(1, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  bell.close();
});
