import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {pageOf, pageUrl} from './reference.ts';

test.each(['plan', 'project'] as const)(
  'source/docs/%s.md is that of the schema (node test/docs/reference.ts writes it)',
  async name => {
    expect(await readFile(pageUrl(name), 'utf8')).toBe(pageOf(name));
  },
);
