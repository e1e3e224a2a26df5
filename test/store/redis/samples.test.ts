import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openStore} from '../../../source/store/open.ts';
import {redisMissing, startRedis, type RedisServer} from '../../servers/redis.ts';

describe.skipIf(redisMissing)('a writer of samples', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.dispose());

  it('looks for old ones with its first write, then now and then, and after a thousand at the latest', async () => {
    const store = await openStore(server.url, 'operator', {env: {}});
    const {samples} = store.feature('trimmed');
    const some = (count: number) => Array.from({length: count}, () => ['side', 'gray', 'requests', '1']);
    const trims = async (count: number) => {
      const seen: string[] = [];
      const monitor = await server.admin.monitor();
      const marked = Promise.withResolvers<void>();
      monitor.on('monitor', (_, args: string[]) => {
        if (args[0] === 'ECHO' || args[0] === 'echo') marked.resolve();
        else seen.push(args.slice(0, 3).join(' '));
      });
      await samples.write(some(count), 60_000);
      await server.admin.echo('end');
      await marked.promise;
      monitor.disconnect();
      return seen.filter(command => /^xadd \S+ minid$/iu.test(command)).length;
    };
    expect(await trims(4)).toBe(1);
    expect(await trims(4)).toBe(0);
    expect(await trims(990)).toBe(0);
    expect(await trims(4)).toBe(1);
    expect(await trims(4)).toBe(0);
    expect(await trims(3000)).toBe(3);
    await store.close();
  });
});
