import {describe, expect, it} from 'vitest';
import {encodeCommit} from '../../../source/store/chain.ts';
import {appendMany, appendNext, commitAfter} from '../commits.ts';
import {redisMissing} from '../../servers/redis.ts';
import {workshop} from './workshop.ts';

const LOG = 'graydeck:{f}:log';

describe.skipIf(redisMissing)('the log on Redis', () => {
  it.concurrent('goes on after entries of an older version, which hold no id of their own', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const feature = (await open(server.url, 'operator')).feature('f');
    const first = commitAfter(null);
    const second = commitAfter(first, {reason: 'cut'});
    await server.admin.xadd(LOG, '1-0', 'commit', encodeCommit(first));
    // Half a surrogate pair, as an older version wrote it: the JSON reader of Redis refuses the whole text.
    const cut = encodeCommit(second).replace('"cut"', String.raw`"\ud83d"`);
    await server.admin.xadd(LOG, '2-0', 'commit', cut);
    expect(await feature.log.append(second)).toEqual({outcome: 'written'});
    expect(await feature.log.append(commitAfter(first))).toEqual({outcome: 'conflict'});
    expect(await feature.log.append(commitAfter(second))).toEqual({outcome: 'written'});
    expect((await feature.log.read(0)).map(({version}) => version)).toEqual([1, 2, 3]);
  });

  it.concurrent('is read by an older version: what it compares is in each entry', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const feature = (await open(server.url, 'operator')).feature('f');
    const commit = await appendNext(feature, {reason: 'x\ud83d'});
    const script = "return cjson.decode(redis.call('XRANGE', KEYS[1], '-', '+')[1][2][2]).id";
    expect(await server.admin.eval(script, 1, LOG)).toBe(commit.id);
  });

  const inTheWay: [string, string, ...(string | Buffer)[]][] = [
    ['bytes that are no text', '3-0', 'commit', Buffer.from([0x7b, 0xff, 0xfe, 0x80])],
    ['bytes in the name of a field', '3-0', Buffer.from([0xff]), 'x'],
    ['an entry with an id field and no commit', '3-0', 'id', 'forged'],
    ['an entry that claims the id of the parent', '2-7', 'id', 'forged', 'commit', '{}'],
    ['the last id that a stream can have', '18446744073709551615-18446744073709551615', 'a', 'b'],
  ];
  for (const [what, id, ...fields] of inTheWay) {
    it.concurrent(`takes a rollback over ${what}, within two seconds`, async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const feature = (await open(server.url, 'operator')).feature('f');
      const commits = await appendMany(feature, 2);
      await server.admin.xadd(LOG, id, ...fields);
      const began = performance.now();
      const rollback = commitAfter(commits[1]!);
      expect(await feature.log.append(rollback)).toEqual({outcome: 'written', putAside: true});
      expect(performance.now() - began).toBeLessThan(2000);
      expect(await feature.log.read(0)).toEqual([...commits, rollback]);
      expect(await server.admin.xlen('graydeck:{f}:aside')).toBe(1);
      expect((await appendNext(feature)).version).toBe(4);
    });
  }

  it.concurrent('takes a rollback though what is in the way can be kept nowhere', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const feature = (await open(server.url, 'operator')).feature('f');
    const head = await appendNext(feature);
    await server.admin.set('graydeck:{f}:aside', 'no stream');
    await server.admin.xadd(LOG, '2-0', 'hello', 'world');
    expect(await feature.log.append(commitAfter(head))).toEqual({outcome: 'written', putAside: true});
  });
});
