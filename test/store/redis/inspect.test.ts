import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {inspectRedis} from '../../../source/store/redis/inspect.ts';
import {aclLines} from '../../../source/store/redis/acl.ts';
import {parseStoreUrl, type RedisTarget} from '../../../source/store/url.ts';
import {redisMissing, startRedis, type RedisServer} from '../../servers/redis.ts';

describe.skipIf(redisMissing)('the facts of a server that a doctor asks for', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({
      appendonly: true,
      maxmemory: 50_000_000,
      settings: {'maxmemory-policy': 'allkeys-lru'},
      acl: [
        'user default on nopass ~* &* +@all',
        ...aclLines('operator').map(line => line.replace('PASSWORD', 'p')),
      ],
    });
  });
  afterAll(() => server.dispose());

  it('are told with the rights of an operator', async () => {
    const address = `redis://graydeck-operator:p@127.0.0.1:${server.port}`;
    const facts = await inspectRedis(parseStoreUrl(address) as RedisTarget);
    expect(facts).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+/) as string,
      role: 'primary',
      appendOnly: true,
      evictionPolicy: 'allkeys-lru',
      maxMemory: 50_000_000,
      connectedReplicas: 0,
    });
    expect(facts.usedMemory).toBeGreaterThan(100_000);
  });
});
