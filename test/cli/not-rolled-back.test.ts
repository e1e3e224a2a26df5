import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {control} from '../../source/control.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {eventually} from '../patience.ts';
import {errorOf, Workplace} from './program.ts';

const WAY = 'graydeck rollback --offline';
const DOES = 'gives everyone prod';

/** What keeps a store from taking a commit. */
const OBSTACLES: [what: string, exitCode: number, begin: (server: RedisServer) => Promise<unknown>][] = [
  ['is away', 69, server => server.stop()],
  ['has too few replicas', 1, ({admin}) => admin.config('SET', 'min-replicas-to-write', 1)],
  [
    'cannot save to its disk',
    1,
    async ({admin, folder}) => {
      await admin.config('SET', 'save', '900 1');
      await rm(folder, {recursive: true});
      await admin.bgsave().catch(() => undefined);
      await eventually(async () =>
        expect(await admin.info('persistence')).toContain('rdb_last_bgsave_status:err'),
      );
    },
  ],
  ['is a replica by now', 1, ({admin}) => admin.replicaof('127.0.0.1', 1)],
  ['takes no script', 1, ({admin}) => admin.call('ACL', 'SETUSER', 'default', '-eval')],
];

describe.skipIf(redisMissing)('a rollback that the store does not take', () => {
  test.for(OBSTACLES)('because it %s names the way without it', async ([, exit, begin], {onTestFinished}) => {
    const server = await startRedis();
    onTestFinished(() => server.dispose());
    await using place = await Workplace.open(server.url);
    await place.run('start', 'v1.1.0', '--feature', 'pay', '--yes', '--skip-preflight');
    const release = (await place.json('status', '--feature', 'pay'))['release'];
    const library = await control('pay', {store: server.url});
    onTestFinished(() => library.close());
    await begin(server);
    const ran = await place.run('rollback', '--feature', 'pay');
    expect(ran.exitCode).toBe(exit);
    expect(ran.stderr).toContain(`${WAY} --feature pay`);
    expect(ran.stderr).toContain(DOES);
    const asJson = await place.run('rollback', '--feature', 'pay', '--json');
    expect(errorOf(asJson)).toMatchObject({
      next: expect.stringContaining(WAY) as string,
      offline: `${WAY} --feature pay`,
    });
    const zh = await place.run('rollback', '--feature', 'pay', '--lang', 'zh');
    expect(zh.stderr).toMatch(/graydeck rollback --offline --feature pay 不需要存储/u);
    // Other verbs have no such way.
    const other = await place.run('pause', '--feature', 'pay');
    expect(other.exitCode).toBe(exit);
    expect(other.stderr).not.toContain(WAY);
    // Nor has a guard's or a bot's rollback another text.
    const intent = {type: 'rollback', release: String(release)} as const;
    await expect(library.execute(intent, {by: {name: 'bot', kind: 'guard'}})).rejects.toMatchObject({
      hint: expect.stringContaining(`${WAY} --feature pay needs no store`) as string,
    });
  });

  test('goes on without the store though the configuration cannot be read', async () => {
    await using place = await Workplace.open('redis://127.0.0.1:1/0');
    await writeFile(join(place.folder, 'graydeck.yaml'), 'stroe: x\n');
    const typed = ['rollback', '--offline', '--no-wait', '--feature', 'pay', '--release', 'r-1'];
    const {exitCode, stderr} = await place.runWith({env: {GRAYDECK_STORE: ''}}, ...typed);
    expect(stderr).toContain('the rollback goes on without it');
    expect(exitCode).toBe(0);
  });
});
