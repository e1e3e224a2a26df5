import {expect, describe, it} from 'vitest';
import {redisMissing, type RedisServer} from '../../servers/redis.ts';
import {eventually} from '../../patience.ts';
import {appendNext} from '../commits.ts';
import {followSamples} from '../followed.ts';
import {workshop} from './workshop.ts';

const KEY = 'graydeck:{f}:metrics';
const SMALL = ['side', 'gray', 'requests', '1'];

async function write({admin}: RedisServer, count: number, bytes: number): Promise<void> {
  for (let n = 0; n < count; n++) await admin.xadd(KEY, '*', ...SMALL, 'junk', 'x'.repeat(bytes));
}

describe.skipIf(redisMissing)('a stream with huge entries', () => {
  it('is read over a slow way, however long the answer takes', async context => {
    const {redis, proxied, open} = workshop(context);
    const server = await redis();
    await write(server, 8, 4_000_000);
    // About 8 MB/s: one answer of 32 MB takes longer than any silence is allowed to.
    const slow = await proxied(server, {chunk: 65_536, everyMs: 8});
    const {samples} = (await open(slow.url, 'operator')).feature('f');
    const batches: number[] = [];
    const {signal} = new AbortController();
    await samples.history(0, batch => batches.push(batch.length), signal);
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(8);
    const followed = followSamples(samples, '0-0');
    await followed.got(8);
    await server.admin.xadd(KEY, '*', ...SMALL);
    await followed.got(9);
    await followed.stop();
  });

  it('goes on from the last entry that has come where the connection is lost in an answer', async context => {
    const {redis, proxied, open} = workshop(context);
    const server = await redis();
    await write(server, 8, 4_000_000);
    const slow = await proxied(server, {chunk: 65_536, everyMs: 2});
    const followed = followSamples((await open(slow.url, 'operator')).feature('f').samples, '0-0');
    for (let cuts = 1; cuts <= 3; cuts++) {
      const before = slow.passedOn;
      await eventually(() => expect(slow.passedOn).toBeGreaterThan(before + 9_000_000), 5);
      slow.cut();
    }
    await followed.got(8);
    expect(new Set(followed.entries.map(({id}) => id)).size).toBe(8);
    expect(followed.entries).toHaveLength(8);
    await followed.stop();
  });

  it('is read in smaller batches from a server that sends no more at once', async context => {
    const {redis, open} = workshop(context);
    const server = await redis({settings: {'client-output-buffer-limit': 'normal 10000000 0 0'}});
    await write(server, 8, 4_000_000);
    const store = await open(server.url, 'operator');
    const feature = store.feature('f');
    const {signal} = new AbortController();
    const ids: string[] = [];
    await feature.samples.history(0, batch => ids.push(...batch.map(({id}) => id)), signal);
    expect(ids).toHaveLength(8);
    const followed = followSamples(feature.samples, '0-0');
    await followed.got(8);
    await feature.samples.write([SMALL]);
    await followed.got(9);
    await followed.stop();
  });

  it('goes on behind an entry that the server does not hand out even alone, and commits do not wait', async context => {
    const {redis, open} = workshop(context);
    const server = await redis({settings: {'client-output-buffer-limit': 'normal 1000000 0 0'}});
    await write(server, 2, 4_000_000);
    const store = await open(server.url, 'operator');
    const feature = store.feature('f');
    const id = await feature.samples.lastId();
    expect(Math.abs(Number.parseInt(id, 10) - store.now())).toBeLessThan(60_000);
    const {signal} = new AbortController();
    await feature.samples.history(0, () => undefined, signal);
    const followed = followSamples(feature.samples, '0-0');
    let commits = 0;
    await eventually(async () => {
      await feature.samples.write([SMALL]);
      await appendNext(feature);
      commits++;
      expect(followed.entries.length).toBeGreaterThan(0);
    });
    const seen = followed.entries.length;
    await feature.samples.write([SMALL]);
    await followed.got(seen + 1);
    expect((await feature.log.head())?.version).toBe(commits);
    await followed.stop();
  });
});
