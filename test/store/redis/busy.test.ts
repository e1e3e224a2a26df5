import {setImmediate as turn} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {deadline} from '../../../source/store/redis/deadline.ts';
import {redisMissing} from '../../servers/redis.ts';
import {eventually} from '../../patience.ts';
import {appendNext} from '../commits.ts';
import {workshop} from './workshop.ts';

/** Keeps this process from doing anything else. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe.skipIf(redisMissing)('a process that hardly gets a core', () => {
  it('finds the store all the same, as often as it asks', async context => {
    const {redis, open} = workshop(context);
    const server = await redis({requirepass: 'secret'});
    const address = server.url.replace('://', '://:secret@');
    const stop = new AbortController();
    const busy = (async () => {
      while (!stop.signal.aborted) {
        block(900);
        await turn();
      }
    })();
    try {
      for (let n = 0; n < 3; n++) {
        const store = await open(address, 'operator');
        expect(await store.health()).toMatchObject({state: 'up'});
        await appendNext(store.feature('f'));
      }
    } finally {
      stop.abort();
      await busy;
    }
  });
});

describe('a deadline', () => {
  it('is put off while something moves, and comes once nothing does', async () => {
    let movedAt = performance.now();
    let isOver = false;
    deadline(
      100,
      () => (isOver = true),
      () => movedAt,
    );
    for (let n = 0; n < 30; n++) {
      movedAt = performance.now();
      block(10);
      await turn();
    }
    expect(isOver).toBe(false);
    await eventually(() => expect(isOver).toBe(true));
  });

  it('is put off where the process stood still, but not for ever', async () => {
    const over = new AbortController();
    deadline(10, () => over.abort());
    let stalls = 0;
    while (!over.signal.aborted) {
      block(200);
      stalls++;
      await turn();
    }
    expect(stalls).toBeGreaterThanOrEqual(4);
  });
});
