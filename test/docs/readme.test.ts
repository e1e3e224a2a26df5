import {readdir, readFile, stat} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {WITH_TABLES, withTables} from './tables.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

test('the tables of verbs, keys and topics are those of the program (node test/docs/tables.ts writes them)', async () => {
  const commands = await read('source/docs/commands.md');
  expect(commands).toContain('| `rollback` |');
  expect(commands).toContain('| `r` then `y` |');
  expect(await read('README.md')).toContain('| [`redis`](source/docs/redis.md) |');
  for (const path of WITH_TABLES) expect(await withTables(await read(path))).toBe(await read(path));
});

test('README has at most 150 lines', async () => {
  expect((await read('README.md')).split('\n').length).toBeLessThanOrEqual(151);
});

test('every page begins with its heading, and every file that a document links to is there', async () => {
  const pages = (await readdir(new URL('source/docs/', root))).map(name => `source/docs/${name}`);
  for (const page of pages) expect(await read(page)).toMatch(/^# \S.*\n/u);
  for (const document of ['README.md', 'source/ARCHITECTURE.md', ...pages]) {
    const links = Array.from(
      (await read(document)).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g),
      ([, path]) => path ?? '',
    );
    for (const link of links) {
      const target = new URL(link, new URL(document, root));
      await expect(stat(target), `${document} links to ${link}`).resolves.toBeTruthy();
    }
  }
});

test('the example in JavaScript is the one of the page on the SDK, which a test runs', async () => {
  const example = /```js\n[^]*?\n```/u.exec(await read('README.md'))?.[0] ?? 'none';
  expect(await read('source/docs/sdk.md')).toContain(example);
});
