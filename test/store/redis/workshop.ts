import type {TestContext} from 'vitest';
import {openStore} from '../../../source/store/open.ts';
import type {StoreByRole, StoreRole} from '../../../source/store/port.ts';
import {startProxy, type Proxy, type ProxyOptions} from '../../servers/proxy.ts';
import {startRedis, type RedisOptions, type RedisServer} from '../../servers/redis.ts';

/** Servers and stores of one test alone, so that many tests can wait at the same time. */
export interface Workshop {
  redis(options?: RedisOptions): Promise<RedisServer>;
  proxied(server: {port: number}, options?: ProxyOptions): Promise<Proxy & {url: string}>;
  open<R extends StoreRole>(address: string, role: R): Promise<StoreByRole[R]>;
}

export function workshop(context: Pick<TestContext, 'onTestFinished'>): Workshop {
  const ends: (() => unknown)[] = [];
  context.onTestFinished(async () => {
    for (const end of ends.toReversed()) await end();
  });
  return {
    redis: async options => {
      const server = await startRedis(options);
      ends.push(() => server.dispose());
      return server;
    },
    proxied: async (server, options) => {
      const proxy = await startProxy(server, options);
      ends.push(() => proxy.close());
      return Object.assign(proxy, {url: `redis://127.0.0.1:${proxy.port}`});
    },
    open: async (address, role) => {
      const store = await openStore(address, role, {env: {}});
      ends.push(() => store.close());
      return store;
    },
  };
}
