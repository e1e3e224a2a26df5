import {mkdtemp, readdir, readFile, rm, truncate, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {readRemembered, rememberedPath, writeRemembered} from '../../source/router/remembered.ts';
import {splitNamed} from '../audience/conformance.ts';

let folder = '';
const known = {
  commit: {version: 7, id: 'c-7', split: splitNamed('lists')},
  rolledBack: ['r-0', 'r-1'],
  confirmedAt: 1_795_000_000_000,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-remembered-'));
});
afterAll(async () => {
  await rm(folder, {recursive: true, force: true});
});

test('a written file is read back, and no temporary file remains', async () => {
  const path = rememberedPath(folder, 'redis://127.0.0.1:6379/0', 'new_payment');
  await Promise.all(Array.from({length: 5}, () => writeRemembered(path, known)));
  expect(await readRemembered(path)).toEqual(known);
  expect(await readdir(dirname(path))).toHaveLength(1);
});

test('a rollback that another process of this host has seen stays in the file', async () => {
  const path = join(folder, 'shared.json');
  await writeRemembered(path, known);
  const commit = {...known.commit, version: 9, id: 'c-9'};
  await writeRemembered(path, {commit, rolledBack: ['r-1', 'r-2'], confirmedAt: known.confirmedAt + 1});
  expect(await readRemembered(path)).toEqual({
    commit,
    rolledBack: ['r-0', 'r-1', 'r-2'],
    confirmedAt: known.confirmedAt + 1,
  });
});

test('each store has a file of its own', () => {
  const paths = ['redis://a:6379/0', 'redis://b:6379/0'].map(store =>
    rememberedPath(folder, store, 'new_payment'),
  );
  expect(paths[0]).not.toBe(paths[1]);
});

test('a file that is missing, cut short or changed by a byte counts as missing', async () => {
  const path = join(folder, 'one.json');
  expect(await readRemembered(path)).toBeNull();
  await writeRemembered(path, known);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('r-0', 'r-9'));
  expect(await readRemembered(path)).toBeNull();
  await writeFile(path, text);
  await truncate(path, text.length - 10);
  expect(await readRemembered(path)).toBeNull();
  for (const other of ['', '7', 'null', '[]', '{"schema":"graydeck.remembered/1"}']) {
    await writeFile(path, other);
    expect(await readRemembered(path)).toBeNull();
  }
});
