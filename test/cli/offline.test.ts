import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Workplace} from './program.ts';

let place: Workplace;
let state: string;
beforeAll(async () => {
  place = await Workplace.open();
  state = join(place.folder, '.local', 'state', 'graydeck');
});
afterAll(() => place[Symbol.asyncDispose]());

const start = async (feature: string): Promise<string> => {
  const started = await place.json('start', 'v2', '--feature', feature, '--yes');
  return String(started['release']);
};
const latchOf = async (feature: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(state, 'latches', `${feature}.json`), 'utf8')) as Record<string, unknown>;

/** A store that does not answer. */
const away = {GRAYDECK_STORE: 'redis://127.0.0.1:1/0'};

describe('a rollback without the store', () => {
  test('names the release that is given, lies on the disk, and is submitted by whatever comes first on that host', async () => {
    const release = await start('pay');
    const typed = [
      'rollback',
      '--offline',
      '--no-wait',
      '--feature',
      'pay',
      '--release',
      release,
      '--reason',
      'double charges',
    ];
    const {exitCode, stdout} = await place.runWith({env: away}, ...typed);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('pay  latched: the routers of this host have prod for everyone');
    expect(await latchOf('pay')).toMatchObject({
      schema: 'graydeck.latch/1',
      feature: 'pay',
      release,
      reason: 'double charges',
    });
    const raised = await place.run('set', '50', '--feature', 'pay', '--yes');
    expect(raised.stderr).toContain('the rollback that waited on this host is in the log now');
    expect(raised.exitCode).toBe(3);
    const status = await place.json('status', '--feature', 'pay');
    expect(status['percent']).toMatchObject({set: 0});
    expect((await place.run('log', '--feature', 'pay')).stdout).toContain('double charges');
  });

  test('waits for the store and writes the rollback into the log, where nobody says that it should not wait', async () => {
    const release = await start('search');
    const {exitCode, stdout, stderr} = await place.run(
      'rollback',
      '--offline',
      '--feature',
      'search',
      '--release',
      release,
    );
    expect(stderr).toContain('search: latched');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('written; no router confirms it');
    expect(await place.json('status', '--feature', 'search')).toMatchObject({state: 'rolled_back'});
  });

  test('is refused where no release is known, with how to name one', async () => {
    const {exitCode, stderr} = await place.runWith(
      {env: away},
      'rollback',
      '--offline',
      '--feature',
      'other',
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no router of this host remembers a release of other');
    expect(stderr).toContain('--release ID');
  });

  test('tried with --dry-run leaves nothing behind, and says so of a folder that may not be written', async () => {
    const typed = ['rollback', '--offline', '--feature', 'dry', '--release', 'r-1'];
    const tried = await place.runWith({env: away}, ...typed, '--dry-run', '--json');
    expect(JSON.parse(tried.stdout)).toMatchObject({
      schema: 'graydeck.offline/1',
      release: 'r-1',
      dryRun: true,
    });
    expect(await readdir(join(state, 'latches'))).not.toContain('dry.json');
    const blocked = join(place.folder, 'blocked');
    await mkdir(blocked);
    await writeFile(join(blocked, 'graydeck'), 'a file where a folder should be');
    const env = {...away, XDG_STATE_HOME: blocked};
    const refused = await place.runWith({env}, ...typed, '--no-wait');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('the latch cannot be written');
  });
});
