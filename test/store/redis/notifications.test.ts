import {getEventListeners} from 'node:events';
import {expect, test} from 'vitest';
import {Notifications} from '../../../source/store/redis/notifications.ts';

test('a bell that was waited for many times holds on to none of the waits', async () => {
  const notifications = new Notifications(() => Promise.reject(new Error('nobody is there')), false);
  const subscription = notifications.subscribe('graydeck:{pay}:bell');
  const {signal} = new AbortController();
  for (let wait = 0; wait < 20; wait++) await subscription.wait(1, signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  subscription.close();
});
