import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openStore} from '../../../source/store/open.ts';
import {MOST_FEEDBACK, type OperatorStore} from '../../../source/store/port.ts';
import {redisMissing, startRedis, type RedisServer} from '../../servers/redis.ts';

describe.skipIf(redisMissing)('feedback in Redis', () => {
  let server: RedisServer;
  let store: OperatorStore;

  beforeAll(async () => {
    server = await startRedis();
    store = await openStore(`redis://127.0.0.1:${server.port}`, 'operator', {env: {}});
  });
  afterAll(async () => {
    await store.close();
    await server.dispose();
  });

  /** Writes until there are fewer than `most`; which measure a write trims by is a matter of chance. */
  async function lengthAfterTrim(feature: string, most: number): Promise<number> {
    const {feedback} = store.feature(feature);
    let length = Number.POSITIVE_INFINITY;
    for (let written = 0; written < 60 && length >= most; written++) {
      await feedback.write('{}');
      length = await server.admin.xlen(`graydeck:{${feature}}:feedback`);
    }
    return length;
  }

  it('that is older than three months makes room', async () => {
    const pipeline = server.admin.pipeline();
    for (let n = 0; n < 1000; n++) pipeline.xadd('graydeck:{aged}:feedback', `1-${n}`, 'feedback', '{}');
    await pipeline.exec();
    expect(await lengthAfterTrim('aged', 200)).toBeLessThan(200);
  });

  it('is held to so many entries, whoever floods it', async () => {
    const pipeline = server.admin.pipeline();
    for (let n = 0; n < MOST_FEEDBACK + 1000; n++) {
      pipeline.xadd('graydeck:{flooded}:feedback', '*', 'feedback', '{}');
    }
    await pipeline.exec();
    expect(await lengthAfterTrim('flooded', MOST_FEEDBACK + 200)).toBeLessThan(MOST_FEEDBACK + 200);
  });
});
