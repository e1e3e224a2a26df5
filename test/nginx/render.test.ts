import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {placer} from '../../source/audience/place.ts';
import {renderEdge} from '../../source/nginx/render.ts';
import type {Split} from '../../source/release/split.ts';
import {askMany, nginxMissing, startNginx, type NginxServer} from '../servers/nginx.ts';
import {freePort} from '../servers/ports.ts';
import {siteOf, splitOf, splitsOf, wire} from './site.ts';

const PERCENTAGES = [0.01, 1, 10, 33.33, 50, 99.99, 100];

describe.skipIf(nginxMissing)('an include file for nginx', () => {
  let nginx: NginxServer;
  let port: number;
  let probe: number;
  beforeAll(async () => {
    port = await freePort();
    probe = await freePort();
    nginx = await startNginx({
      http: `large_client_header_buffers 4 16k; include FOLDER/graydeck.conf; server { listen 127.0.0.1:${port}; include FOLDER/answer.conf; }`,
      files: {'graydeck.conf': '', 'answer.conf': ''},
    });
  });
  afterAll(() => nginx.dispose());

  /** Puts a file in place and waits until nginx works by it. */
  const install = async (features: readonly string[], splits: readonly Split[]): Promise<void> => {
    const file = renderEdge(splitsOf(...splits), siteOf(features, {probe: {host: '127.0.0.1', port: probe}}));
    expect(file.refusals).toEqual([]);
    await nginx.write('graydeck.conf', file.text);
    const answers = features.map(
      name => `$gray_side_${name}/$gray_reason_${name}/$gray_cohort_${name}/$gray_upstream_${name}`,
    );
    await nginx.write('answer.conf', `location / { return 200 "${answers.join(' ')}"; }`);
    expect(nginx.test()).toBeNull();
    const before = await nginx.retired();
    nginx.reload();
    await expect.poll(nginx.retired, {interval: 10}).toBe(before + 1);
    expect(await askMany(probe, [{path: '/graydeck'}])).toEqual([expect.stringContaining(file.hash)]);
  };

  test('splits a thousand users at seven percentages as the SDK does', async () => {
    const features = PERCENTAGES.map((_, index) => `share_${index}`);
    const splits = PERCENTAGES.map((percent, index) =>
      splitOf(`share_${index}`, {percent, tiers: [{audience: null, percent}]}),
    );
    await install(features, splits);
    const users = Array.from({length: 1000}, (_, index) =>
      index % 7 === 0 ? `用户-${index}-é😀` : index % 3 === 0 ? String(index * 977) : `u-${index}`,
    );
    const places = splits.map(split => placer(split));
    const bodies = await askMany(
      port,
      users.map(user => ({headers: {'x-user-id': wire(user)}})),
    );
    const wrong = users.filter((user, at) => {
      const sides = bodies[at]!.split(' ').map(one => one.split('/')[0]);
      return places.some((place, index) => place({id: user}, 0).side !== sides[index]);
    });
    expect(wrong).toEqual([]);
    expect(new Set(bodies).size).toBeGreaterThan(4);
  });

  test('finds every user of a list, whatever stands in his id, and nobody whose id only looks like it', async () => {
    const odd = [
      'u-42',
      'Bob',
      'bob2',
      'BOB3',
      'default',
      'include',
      'hostnames',
      'volatile',
      '~^.*$',
      '\\',
      '\\\\x',
      '$uri',
      '${gray_dollar}',
      'a"b',
      "it's",
      'a;b',
      '{',
      '}',
      '#no comment',
      'return 200;',
      '*',
      '.example.com',
      '100%',
      '张三',
      'é',
      '😀',
      'a b',
      'tab\there',
      'x'.repeat(46),
      'y'.repeat(47),
      'z'.repeat(1500),
      '"',
      "'",
      '\\n',
      '\\"',
      '$1',
      '-1',
      '007',
    ];
    await install(
      ['list'],
      [
        splitOf('list', {
          tiers: [{audience: null, percent: 0}],
          percent: 0,
          include: {users: [...odd, 'Eve', 'eve'], rules: []},
          deny: ['Mallory$"', 'eve'],
        }),
      ],
    );
    const place = (id: string) => ({headers: {'x-user-id': wire(id)}});
    const found = await askMany(port, odd.map(place));
    expect(odd.filter((_, at) => !found[at]!.startsWith('gray/included/chosen/app_gray'))).toEqual([]);
    const near = [
      'U-42',
      'BOB',
      'Bob2',
      'bob3',
      'Default',
      '~',
      'uri',
      'X'.repeat(46),
      'Y'.repeat(47),
      'É',
      'eVe',
      'x'.repeat(45),
    ];
    const other = await askMany(port, near.map(place));
    expect(near.filter((_, at) => !other[at]!.startsWith('prod/percent/eligible/app_prod'))).toEqual([]);
    const denied = await askMany(port, [place('Mallory$"'), place('eve'), place('Eve')]);
    expect(denied.map(body => body.split('/', 2).join('/'))).toEqual([
      'prod/denied',
      'prod/denied',
      'gray/included',
    ]);
  });

  test('takes any list of users without letting a letter of it into its grammar', async () => {
    const id = fc.oneof(
      fc.string({unit: 'binary', minLength: 1, maxLength: 60}),
      fc.string({
        unit: fc.constantFrom('"', "'", '\\', '$', '{', '}', ';', '\n', '\r', '\t', '~', '#', ' ', 'a', '*'),
        minLength: 1,
        maxLength: 80,
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(id, {maxLength: 12}),
        fc.array(id, {maxLength: 12}),
        async (include, deny) => {
          const split = splitOf('list', {include: {users: include, rules: []}, deny});
          const file = renderEdge(
            splitsOf(split),
            siteOf(['list'], {probe: {host: '127.0.0.1', port: probe}}),
          );
          await nginx.write('graydeck.conf', file.text);
          await nginx.write('answer.conf', 'location / { return 200 $gray_side_list; }');
          expect(nginx.test()).toBeNull();
          const hasZero = [...include, ...deny].some(one => one.includes('\0'));
          expect(file.refusals.length > 0).toBe(hasZero);
        },
      ),
      {numRuns: 40},
    );
  });

  test('has no way to gray where nothing is live, nor where it was refused', () => {
    const live = splitOf('list', {include: {users: ['x'.repeat(100_000)], rules: []}});
    for (const splits of [splitsOf(), splitsOf({...live, live: false}), splitsOf(live)]) {
      const {text} = renderEdge(splits, siteOf(['list']));
      expect(text).toContain('app_prod');
      expect(text).not.toContain('app_gray');
    }
  });
});
