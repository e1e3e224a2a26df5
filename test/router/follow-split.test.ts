import {afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {followSplit, type SplitNews} from '../../source/router/follow-split.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore, RoutingStore} from '../../source/store/port.ts';
import {startProxy, type Proxy} from '../servers/proxy.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {appendMany, appendNext, commitAfter} from '../store/commits.ts';
import {eventually} from '../patience.ts';

const LOG = 'graydeck:{new_payment}:log';

describe.skipIf(redisMissing)('a router that follows the newest split', () => {
  let redis: RedisServer;
  let proxy: Proxy;
  let operator: OperatorStore;
  let routing: RoutingStore;
  let feature: FeatureStore;

  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startProxy(redis);
    operator = await openStore(redis.url, 'operator');
    routing = await openStore(`redis://127.0.0.1:${proxy.port}/0`, 'router');
    feature = operator.feature('new_payment');
  });
  afterEach(async () => {
    await redis.admin.del(LOG);
  });
  afterAll(async () => {
    await Promise.all([routing.close(), operator.close()]);
    await proxy.close();
    await redis.dispose();
  });

  function follow() {
    const news: SplitNews[] = [];
    const stop = new AbortController();
    const following = followSplit(routing.feature('new_payment'), item => news.push(item), stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await following;
    });
    const versions = () => news.flatMap(item => (item.type === 'newest' ? [item.commit?.version ?? 0] : []));
    const reached = (version: number) => eventually(() => expect(versions().at(-1)).toBe(version), 5);
    return {news, versions, reached};
  }

  test('begins with the newest commit, not with the first, and receives each new one', async () => {
    await appendMany(feature, 5);
    const {versions, reached} = follow();
    await reached(5);
    await appendMany(feature, 2);
    await reached(7);
    expect(versions()).toEqual([5, 6, 7]);
  });

  test('reports an empty log, and then its first commit', async () => {
    const {versions, reached} = follow();
    await reached(0);
    await appendNext(feature);
    await reached(1);
    expect(versions()).toEqual([0, 1]);
  });

  test('reads a log again that lost its end, and passes on only the newest split', async () => {
    const commits = await appendMany(feature, 6);
    const {news, versions, reached} = follow();
    await reached(6);
    // The router sees neither the cut nor the new commits one by one, only the newest commit.
    proxy.swallow();
    await redis.admin.xdel(LOG, '5-0', '6-0');
    await redis.admin.xsetid(LOG, '4-0');
    const other = commitAfter(commits[3]!, {by: 'another primary'});
    expect(await feature.log.append(other)).toEqual({outcome: 'written'});
    proxy.release();
    await reached(5);
    expect(news.filter(({type}) => type === 'broken')).toHaveLength(1);
    expect(versions()).toEqual([6, 5]);
    await appendNext(feature);
    await reached(6);
  });

  test('reports junk behind the newest commit once, and keeps the newest commit', async () => {
    await appendMany(feature, 3);
    const {news, versions, reached} = follow();
    await reached(3);
    await redis.admin.xadd(LOG, '4-0', 'commit', 'junk');
    await eventually(() => expect(news.map(({type}) => type)).toContain('broken'));
    await eventually(() => expect(versions()).toEqual([3, 3]));
    await appendNext(feature);
    await reached(4);
    expect(news.filter(({type}) => type === 'broken').length).toBeLessThanOrEqual(2);
  });

  test('is at the newest split right after an outage in which the split changed', async () => {
    await appendNext(feature);
    const {news, reached} = follow();
    await reached(1);
    await proxy.refuse();
    await eventually(() => expect(news.map(({type}) => type)).toContain('away'));
    await appendMany(feature, 2);
    await proxy.accept();
    await reached(3);
    // A change right after the return arrives, too.
    await appendNext(feature);
    await reached(4);
  });
});
