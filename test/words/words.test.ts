import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {DOUBLE_NAMES} from './double-names.ts';

const root = new URL('../../', import.meta.url).pathname;

/** Words that name no actor. A sentence with them does not say who acts: the guard, the router, the operator. */
const NAMELESS = /\b(?:nobody|whoever|somebody)\b/giu;
/**
 * Most of these words in `source/` and README.md: all six stand in the code `nobody-eligible` of the judge, which other
 * programs read. Never raise it.
 */
const NAMELESS_AT_MOST = 6;
/** Rooms that hold none of these words: all but `analysis` and `console`, which name that code. */
const REWRITTEN =
  'audience cli config controller demo guard http metrics monitor nginx notify protocol release replay report router sdk server steps store'.split(
    ' ',
  );

/** Text of each file below `source/`, by its path from there. */
const texts = new Map<string, string>();
let readme = '';

beforeAll(async () => {
  const paths = await readdir(join(root, 'source'), {recursive: true});
  for (const path of paths.filter(path => /\.(?:tsx?|md)$/u.test(path)))
    texts.set(path, await readFile(join(root, 'source', path), 'utf8'));
  readme = await readFile(join(root, 'README.md'), 'utf8');
});

const count = (text: string): number => text.match(NAMELESS)?.length ?? 0;

describe('words that name no actor', () => {
  test(`occur at most ${NAMELESS_AT_MOST} times in source and README`, () => {
    const counts = [...texts].map(([path, text]) => [path, count(text)] as const);
    const all = counts.reduce((sum, [, n]) => sum + n, count(readme));
    const worst = counts.toSorted(([, one], [, other]) => other - one).slice(0, 10);
    const list = worst.map(([path, n]) => `${n} source/${path}`).join('\n');
    expect(all, `name the actor instead; most are in:\n${list}`).toBeLessThanOrEqual(NAMELESS_AT_MOST);
  });

  test('do not occur in README and in rewritten rooms', () => {
    const found = [...texts].filter(
      ([path, text]) => REWRITTEN.some(room => path.startsWith(`${room}/`)) && count(text) > 0,
    );
    expect(found.map(([path]) => path)).toEqual([]);
    expect(count(readme)).toBe(0);
  });
});

describe('an exported name', () => {
  test('means one thing: two rooms export it only with a reason', () => {
    const rooms = new Map<string, Set<string>>();
    for (const [path, text] of texts) {
      const [room = '', file] = path.split('/');
      if (file === undefined) continue;
      for (const name of exportedNames(text)) rooms.set(name, (rooms.get(name) ?? new Set()).add(room));
    }
    const doubles = [...rooms]
      .filter(([name, named]) => named.size > 1 && !Object.hasOwn(DOUBLE_NAMES, name))
      .map(([name, named]) => `${name}: ${[...named].join(', ')}`);
    expect(doubles, 'rename one of them, or give a reason in test/words/double-names.ts').toEqual([]);
  });
});

function exportedNames(text: string): string[] {
  const declared =
    /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let|enum) (?<name>\w+)/gmu;
  return [...text.matchAll(declared)].flatMap(({groups}) => groups?.['name'] ?? []);
}
