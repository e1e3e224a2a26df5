import {afterAll, beforeAll, describe} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import {startProxy, type Proxy} from '../servers/proxy.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {storeContract} from './contract.ts';
import type {Subject} from './contract/subject.ts';

describe.skipIf(redisMissing)('on a real redis-server', () => {
  let server: RedisServer;
  let proxy: Proxy;
  let subject: Subject;

  beforeAll(async () => {
    server = await startRedis({appendonly: true});
    proxy = await startProxy(server);
    const logOf = (feature: string): string => `graydeck:{${feature}}:log`;
    subject = {
      name: 'Redis',
      address: server.url,
      open: role => openStore(server.url, role, {env: {}}),
      raw: {
        readLog: async feature =>
          (await server.admin.xrange(logOf(feature), '-', '+')).map(([id, fields]) => ({
            version: Number.parseInt(id, 10),
            text: fields[1] ?? '',
          })),
        rewriteLog: async (feature, entries) => {
          const rewriting = server.admin.multi().del(logOf(feature));
          for (const {version, text} of entries)
            rewriting.xadd(logOf(feature), `${version}-0`, 'commit', text);
          await rewriting.exec();
        },
        putSample: async (feature, at, fields) => {
          await server.admin.xadd(`graydeck:{${feature}}:metrics`, `${at}-*`, ...fields);
        },
      },
      restart: async () => {
        await server.kill();
        await server.start();
      },
      away: {begin: () => server.kill(), end: () => server.start()},
      lostReply: {
        open: () => openStore(`redis://127.0.0.1:${proxy.port}`, 'operator', {env: {}}),
        loseNext: () => proxy.loseAnswerTo('EVAL'),
      },
      cannot: {},
    };
  });
  afterAll(async () => {
    await proxy.close();
    await server.dispose();
  });

  storeContract('Redis', () => subject);
});
