import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  existsSync,
  mkdirSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, afterEach, describe, expect, it} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import type {OperatorStore} from '../../source/store/port.ts';
import {toFault} from '../../source/store/sqlite/faults.ts';
import {runProgram} from './child.ts';
import {appendMany, appendNext} from './commits.ts';
import {followLog, followSamples} from './followed.ts';

const folder = mkdtempSync(join(tmpdir(), 'graydeck-file-'));
const opened: {close(): Promise<void>}[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(opened.splice(0).map(store => store.close()));
});
afterAll(() => rmSync(folder, {recursive: true}));

const newPath = () => join(folder, `${++count}`, 'state', 'graydeck.db');

async function operate(path: string): Promise<OperatorStore> {
  const store = await openStore(`sqlite:${path}`, 'operator');
  opened.push(store);
  return store;
}

function foreignFile(content: string | ((database: DatabaseSync) => void)): string {
  const path = join(folder, `foreign-${++count}.db`);
  if (typeof content === 'string') {
    writeFileSync(path, content);
    return path;
  }
  const database = new DatabaseSync(path);
  content(database);
  database.close();
  return path;
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the file of the embedded store', () => {
  it('is made on first use, for its owner only', async () => {
    const path = newPath();
    await appendNext((await operate(path)).feature('new_payment'));
    expect(modeOf(join(path, '..'))).toBe(0o700);
    expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
  });

  it('is not made by a viewer, who is told that there is none', async () => {
    const path = newPath();
    await expect(openStore(`sqlite:${path}`, 'viewer')).rejects.toMatchObject({code: 'store-unreachable'});
    expect(existsSync(join(path, '..'))).toBe(false);
  });

  it('may be made by several processes at once', async () => {
    const path = newPath();
    const processes = [1, 2, 3, 4].map(() => runProgram('open', [`sqlite:${path}`, 'operator']));
    await Promise.all(processes.map(process => process.ended));
    expect(processes.map(({lines}) => lines)).toEqual([['open'], ['open'], ['open'], ['open']]);
  });

  it.each<[string, string | ((database: DatabaseSync) => void), string]>([
    ['a text', 'dear diary, '.repeat(500), 'is not a SQLite database'],
    ['a database of another program', db => db.exec('CREATE TABLE diary (text)'), 'another program'],
    ['a marked database of another program', db => db.exec('PRAGMA application_id = 7'), 'another program'],
  ])('that is %s is refused and left as it is', async (_, content, why) => {
    const path = foreignFile(content);
    const before = readFileSync(path);
    for (const role of ['operator', 'viewer', 'router'] as const) {
      const opening = openStore(`sqlite:${path}`, role);
      await expect(opening).rejects.toMatchObject({
        code: 'store-not-ours',
        message: expect.stringContaining(why) as string,
      });
    }
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('of a newer Graydeck is refused', async () => {
    const path = newPath();
    await (await openStore(`sqlite:${path}`, 'operator')).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 2');
    database.close();
    const opening = openStore(`sqlite:${path}`, 'operator');
    await expect(opening).rejects.toMatchObject({
      code: 'store-not-ours',
      message: expect.stringContaining('newer Graydeck') as string,
    });
  });

  it('in a place that cannot be written is a matter of rights', async () => {
    const file = foreignFile('a file, not a folder');
    mkdirSync(join(folder, 'a-folder'));
    for (const path of [
      join(file, 'graydeck.db'),
      join(file, 'deeper', 'graydeck.db'),
      join(folder, 'a-folder'),
    ]) {
      await expect(openStore(`sqlite:${path}`, 'operator')).rejects.toMatchObject({code: 'store-no-rights'});
    }
  });

  it.runIf(process.getuid?.() === 0)('of another user is a matter of rights', async () => {
    const path = newPath();
    await operate(path);
    const stranger = runProgram('open', [`sqlite:${path}`, 'viewer'], {}, 65_534);
    await stranger.ended;
    expect(stranger.lines).toEqual(['store-no-rights']);
  });

  it('on a full disk is called full', () => {
    const database = new DatabaseSync(foreignFile(''));
    database.exec('PRAGMA max_page_count = 2; CREATE TABLE t (x)');
    let error: unknown;
    try {
      database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(100_000));
    } catch (thrown) {
      error = thrown;
    }
    database.close();
    expect(toFault(error, 'sqlite:deck.db')).toMatchObject({
      code: 'store-full',
      message: 'The disk of sqlite:deck.db is full.',
    });
  });

  it('that is moved away makes readers and writers go on with the new one, loudly', async () => {
    const path = newPath();
    const store = await operate(path);
    const feature = store.feature('new_payment');
    await appendMany(feature, 3);
    await feature.samples.write([['side', 'gray', 'requests', '1']]);
    const log = followLog(feature.log);
    const samples = followSamples(feature.samples, await feature.samples.lastId());
    await log.reached(3);
    renameSync(path, `${path}.old`);
    for (const suffix of ['-wal', '-shm']) renameSync(`${path}${suffix}`, `${path}.old${suffix}`);
    await log.heard('broken');
    expect(log.commits()).toEqual([]);
    const other = (await operate(path)).feature('new_payment');
    const first = await appendNext(other);
    await log.reached(1);
    expect(log.commits()).toEqual([first]);
    expect(await feature.log.head()).toEqual(first);
    await other.samples.write([['side', 'gray', 'requests', '2']]);
    await samples.got(1);
    expect(samples.entries[0]!.fields[3]).toBe('2');
    await log.stop();
    await samples.stop();
  });

  it('that is gone is away for a viewer until there is one again', async () => {
    const path = newPath();
    const commits = await appendMany((await operate(path)).feature('new_payment'), 2);
    const viewer = await openStore(`sqlite:${path}`, 'viewer');
    opened.push(viewer);
    const log = followLog(viewer.feature('new_payment').log);
    await log.reached(2);
    for (const suffix of ['', '-wal', '-shm']) renameSync(`${path}${suffix}`, `${path}.old${suffix}`);
    await log.heard('away');
    expect(await viewer.health()).toMatchObject({
      state: 'away',
      why: `There is no store at sqlite:${path} yet.`,
    });
    for (const suffix of ['', '-wal', '-shm']) renameSync(`${path}.old${suffix}`, `${path}${suffix}`);
    await log.heard('back');
    expect(await viewer.health()).toMatchObject({state: 'up'});
    expect(log.commits()).toEqual(commits);
    expect(log.count('broken')).toBe(0);
    await log.stop();
  });

  it('holds samples that are no list of texts, and hands them on as one name', async () => {
    const path = newPath();
    const feature = (await operate(path)).feature('new_payment');
    const database = new DatabaseSync(path);
    const insert = database.prepare('INSERT INTO samples (feature, at, fields) VALUES (?, ?, ?)');
    for (const fields of ['junk', '[1,2]']) insert.run('new_payment', Date.now(), fields);
    database.exec(`INSERT INTO routers VALUES ('new_payment', 'sdk x', ${Date.now()}, '{"name": 7}')`);
    database.close();
    const samples = followSamples(feature.samples, '0');
    await samples.got(2);
    expect(samples.entries.map(entry => entry.fields)).toEqual([['junk'], ['[1,2]']]);
    expect(await feature.routers.list()).toEqual([]);
    await samples.stop();
  });
});

describe('a lock in the hand of another process', () => {
  function holdLock(path: string): () => void {
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    return () => holder.close();
  }

  it('delays a writer, and neither readers nor the rest of the process', async () => {
    const path = newPath();
    const feature = (await operate(path)).feature('new_payment');
    const first = await appendNext(feature);
    const release = holdLock(path);
    let written = false;
    const writing = (async () => {
      await appendNext(feature);
      written = true;
    })();
    // A writer that kept the process waiting would give up before the reads are over.
    for (let reads = 0; reads < 500; reads++) {
      expect(await feature.log.head()).toEqual(first);
      expect(written).toBe(false);
      await new Promise(resolve => setImmediate(resolve));
    }
    release();
    await writing;
  });

  it('that is never given back is told of by name', async () => {
    const path = newPath();
    const feature = (await operate(path)).feature('new_payment');
    const release = holdLock(path);
    await expect(appendNext(feature)).rejects.toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('locked') as string,
    });
    release();
    expect((await appendNext(feature)).version).toBe(1);
  });
});

describe('the processes around the embedded store', () => {
  it('know of a commit of another', async () => {
    const path = newPath();
    const feature = (await operate(path)).feature('new_payment');
    const follower = runProgram('follow', [`sqlite:${path}`, 'new_payment']);
    await follower.printed(1);
    for (let n = 1; n <= 21; n++) {
      await appendNext(feature);
      await follower.printed(n + 1);
    }
    follower.process.kill('SIGTERM');
    expect(await follower.ended).toBe(0);
  });

  it('say nothing on stderr', async () => {
    const program = runProgram('open', [`sqlite:${newPath()}`, 'operator']);
    expect(await program.ended).toBe(0);
    expect(program.errors()).toBe('');
  });

  it('may end while their SDK follows', async () => {
    const program = runProgram('open', [`sqlite:${newPath()}`, 'router']);
    expect(await program.ended).toBe(0);
    expect(program.lines).toEqual(['open']);
  });
});
