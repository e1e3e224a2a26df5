import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {openStore} from '../../../source/store/open.ts';
import {redisMissing, type RedisServer} from '../../servers/redis.ts';
import {eventually} from '../../patience.ts';
import {appendNext} from '../commits.ts';
import {followLog, followSamples} from '../followed.ts';
import {workshop} from './workshop.ts';

const SAMPLE = ['side', 'gray', 'requests', '1'];
const folder = mkdtempSync(join(tmpdir(), 'graydeck-rotation-'));
afterAll(() => rmSync(folder, {recursive: true}));

describe.skipIf(redisMissing)('a password in a file', () => {
  const write = (file: string, password: string) => writeFileSync(file, `${password}\n`);
  const lockOut = async ({admin}: RedisServer, password: string) => {
    await admin.config('SET', 'requirepass', password);
    await admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await admin.client('KILL', 'TYPE', 'pubsub');
  };

  it.each([
    ['of the environment', 'env'],
    ['of the address', 'address'],
  ])('%s may be replaced while a store is followed, before or after the server wants it', async (_, by) => {
    const ends: (() => unknown)[] = [];
    const {redis} = workshop({onTestFinished: end => void ends.push(end as () => unknown)});
    const server = await redis({requirepass: 'one'});
    const file = join(folder, by);
    write(file, 'one');
    const address = by === 'env' ? server.url : `${server.url}?passwordFile=${file}`;
    const env = by === 'env' ? {GRAYDECK_STORE_PASSWORD_FILE: file} : {};
    const store = await openStore(address, 'operator', {env});
    const feature = store.feature('f');
    const followed = followLog(feature.log);
    const samples = followSamples(feature.samples, '0-0');
    await appendNext(feature);
    await followed.reached(1);

    // The file first.
    write(file, 'two');
    await lockOut(server, 'two');
    await eventually(() => feature.samples.write([SAMPLE]));
    await samples.got(1);
    await eventually(() => appendNext(feature));
    await followed.reached(2);

    // The server first; meanwhile the file holds nothing, as an editor leaves it for a moment.
    await lockOut(server, 'three');
    await followed.heard('away');
    writeFileSync(file, '');
    await expect(feature.log.head()).rejects.toMatchObject({code: 'store-no-rights'});
    rmSync(file);
    await expect(feature.log.head()).rejects.toMatchObject({code: 'store-no-rights'});
    write(file, 'three');
    await eventually(() => appendNext(feature));
    await eventually(() => feature.samples.write([SAMPLE]));
    await followed.reached(3);
    await samples.got(2);
    expect(followed.count('broken')).toBe(0);
    await followed.stop();
    await samples.stop();
    await store.close();
    for (const end of ends) await end();
  });

  it('of the sentinels may be replaced, too', async context => {
    const {redis} = workshop(context);
    const primary = await redis({requirepass: 'data'});
    const sentinel = await redis({
      requirepass: 'one',
      sentinel: [
        'requirepass one',
        `sentinel monitor deck 127.0.0.1 ${primary.port} 1`,
        'sentinel auth-pass deck data',
      ],
    });
    const file = join(folder, 'sentinel');
    write(file, 'one');
    const store = await openStore(`redis-sentinel://127.0.0.1:${sentinel.port}/deck`, 'operator', {
      env: {GRAYDECK_STORE_PASSWORD: 'data', GRAYDECK_SENTINEL_PASSWORD_FILE: file},
    });
    context.onTestFinished(() => store.close());
    const feature = store.feature('f');
    await appendNext(feature);
    await sentinel.admin.call('SENTINEL', 'CONFIG', 'SET', 'sentinel-pass', 'x');
    await sentinel.admin.call('ACL', 'SETUSER', 'default', 'resetpass', '>two');
    write(file, 'two');
    await lockOut(primary, 'data');
    await eventually(() => appendNext(feature));
    expect((await feature.log.head())?.version).toBe(2);
  });
});
