import {describe, expect, test} from 'vitest';
import {renderEdge} from '../../source/nginx/render.ts';
import type {Rule} from '../../source/release/plan.ts';
import type {Split} from '../../source/release/split.ts';
import {nginxMissing, startNginx} from '../servers/nginx.ts';
import {freePort} from '../servers/ports.ts';
import {siteOf, splitOf, splitsOf} from './site.ts';

const inside = (audience: Rule): Partial<Split> => ({tiers: [{audience, percent: 50}], percent: 50});
const listed = (...users: string[]): Partial<Split> => ({include: {users, rules: []}});

describe('what nginx cannot do is refused by name, with prod for everyone of that feature alone', () => {
  test.each<[string, Partial<Split>, RegExp]>([
    ['a percentage with three decimals', {tiers: [{audience: null, percent: 12.345}]}, /12\.345 %/],
    ['a percentage above 100', {tiers: [{audience: null, percent: 101}]}, /101 %/],
    ['no percentage at all', {tiers: [{audience: null, percent: Number.NaN}]}, /NaN %/],
    ['a date', inside({attribute: 'last_login', test: {op: 'within', ms: 1}}), /date last_login/],
    ['a number', inside({attribute: 'case_count', test: {op: '>=', value: 10}}), /case_count with a number/],
    ['a predicate of the application', inside({custom: 'has_contract'}), /predicate has_contract/],
    [
      'an attribute it does not know',
      inside({attribute: 'shoe', test: {op: 'in', values: ['42']}}),
      /attribute shoe/,
    ],
    ['a header that nginx drops', {forced: {headers: ['x_gray'], cookies: []}}, /header x_gray/],
    [
      'a cookie it has no variable for',
      {forced: {headers: [], cookies: ['gray-release']}},
      /cookie gray-release/,
    ],
    ['an id of 100 000 letters', listed('x'.repeat(100_000)), /"x{24}…" has 100000 letters/],
    ['an id with a zero byte', listed('a\0b'), /zero byte/],
    ['a split that is none', {tiers: null as unknown as []}, /cannot be read/],
  ])('%s', (_what, more, told) => {
    const site = siteOf(['bad', 'good']);
    const file = renderEdge(splitsOf(splitOf('bad', more), splitOf('good')), site);
    expect(file.refusals).toHaveLength(1);
    expect(file.refusals[0]).toMatchObject({feature: 'bad', message: expect.stringMatching(told)});
    expect(file.refusals[0]?.remedy).not.toBe('');
    expect(file.parts.get('bad')).not.toContain('app_gray');
    expect(file.parts.get('good')).toContain('app_gray');
  });

  test('nothing of a refusal is anything a terminal acts on', () => {
    const split = splitOf('bad', listed(`\u001B]0;title\u0007\u202E${'x'.repeat(9000)}`));
    const [refusal] = renderEdge(splitsOf(split), siteOf(['bad'])).refusals;
    expect(refusal?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

test('the same routing is the same file, whatever else a commit changes', () => {
  const site = siteOf(['pay']);
  const one = renderEdge(splitsOf(splitOf('pay')), site);
  const other = renderEdge(
    splitsOf(splitOf('pay', {release: 'r-9', rolledBack: ['r-1'], whenStale: 'keep'})),
    site,
  );
  expect(other.text).toBe(one.text);
  expect(renderEdge(splitsOf(splitOf('pay', {deny: ['u-1']})), site).hash).not.toBe(one.hash);
});

test.skipIf(nginxMissing)(
  'the longest names of features fit the tables of an nginx as it is installed',
  async () => {
    const long = 'f'.repeat(32);
    const port = await freePort();
    const deep: Rule = {
      all: Array.from({length: 40}, (_, n) => ({attribute: 'level', test: {op: 'in', values: [`v${n}`]}})),
    };
    const split = splitOf(long, {
      ...inside({any: [deep, {not: deep}]}),
      include: {users: Array.from({length: 5000}, (_, n) => `user-${n}`), rules: []},
    });
    const file = renderEdge(splitsOf(split), siteOf([long], {probe: {host: '127.0.0.1', port}}));
    const nginx = await startNginx({
      http: 'include FOLDER/graydeck.conf;',
      files: {'graydeck.conf': file.text},
    });
    try {
      expect(file.refusals).toEqual([]);
      expect(nginx.test()).toBeNull();
      expect(await nginx.log()).not.toContain('[emerg]');
    } finally {
      await nginx.dispose();
    }
  },
);
