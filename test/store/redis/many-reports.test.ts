import {describe, expect, it} from 'vitest';
import {MOST_REPORTS} from '../../../source/store/port.ts';
import {redisMissing} from '../../servers/redis.ts';
import {workshop} from './workshop.ts';

const KEY = 'graydeck:{f}:routers';

describe.skipIf(redisMissing)('more routers than anybody has', () => {
  it('are listed as far as there is room, the newest to speak first to keep a place, and the rest is taken away', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const store = await open(server.url, 'operator');
    const feature = store.feature('f');
    const router = (await open(server.url, 'router')).feature('f');
    const said = {kind: 'sdk', name: 'web-1', version: 1, release: null, percent: 0, live: false} as const;
    const at = store.now() - 30_000;
    const pipeline = server.admin.pipeline();
    for (let n = 0; n < 20_000; n++)
      pipeline.hset(
        KEY,
        `r-${n}`,
        JSON.stringify({...said, boundMs: 15_000, name: `r-${n}`, at: at + (n % 1000)}),
      );
    await pipeline.exec();
    await router.report({...said, boundMs: 15_000});
    const seen = await (await open(server.url, 'viewer')).feature('f').routers.list();
    expect(seen).toHaveLength(MOST_REPORTS);
    expect(seen.map(({name}) => name)).toContain('web-1');
    for (let looks = 0; looks < 3; looks++) await feature.routers.list();
    expect(await server.admin.hlen(KEY)).toBe(MOST_REPORTS);
    expect((await feature.routers.list()).map(({name}) => name)).toContain('web-1');
  });
});
