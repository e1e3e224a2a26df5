import {expect, test} from 'vitest';
import {notifyMeanwhile} from '../../source/cli/notify/notify-meanwhile.ts';
import type {Session} from '../../source/cli/session/session.ts';

test('a verb whose work is refused at once, while it is still looked who guards, ends with that refusal and breaks nothing else', async () => {
  const stray: unknown[] = [];
  const onStray = (reason: unknown) => void stray.push(reason);
  process.on('unhandledRejection', onStray);
  const looked = Promise.withResolvers<null>();
  const session = {
    feature: {lease: {read: () => looked.promise}},
    settings: {config: {value: {channels: [{name: 'ops'}]}}},
  } as unknown as Session;
  try {
    const telling = notifyMeanwhile(session, AbortSignal.abort(), () => Promise.reject(new Error('refused')));
    // A turn of the event loop, in which Node looks for rejections that nobody handles.
    await new Promise(resolve => void setImmediate(resolve));
    looked.reject(new Error('away'));
    await expect(telling).rejects.toThrow('refused');
    expect(stray).toEqual([]);
  } finally {
    process.off('unhandledRejection', onStray);
  }
});
