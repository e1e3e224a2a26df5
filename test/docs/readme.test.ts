import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {withTables} from './tables.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

test('the tables of verbs and keys are those of the program (node test/docs/tables.ts writes them)', async () => {
  const readme = await read('README.md');
  expect(readme).toContain('| `rollback` |');
  expect(readme).toContain('| `r` then `y` |');
  expect(withTables(readme)).toBe(readme);
});

test('every file that README and the architecture link to is there', async () => {
  for (const document of ['README.md', 'source/ARCHITECTURE.md']) {
    const links = Array.from(
      (await read(document)).matchAll(/\]\((?!https?:)([^)#]+)\)/g),
      ([, path]) => path ?? '',
    );
    for (const link of links)
      await expect(readFile(new URL(link, new URL(document, root)))).resolves.toBeTruthy();
  }
});
