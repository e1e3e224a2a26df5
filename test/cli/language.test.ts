import {describe, expect, test} from 'vitest';
import {Workplace} from './program.ts';

const begin = ['start', 'v1.1.0', '--feature', 'pay', '--yes'];

/** What was done before, what is typed, and what a person reads in Chinese. */
const table: readonly [title: string, before: string[][], typed: string[], message: RegExp, next: RegExp][] =
  [
    ['nothing live', [], ['pause', '--feature', 'pay'], /没有进行中的发布/u, /graydeck start VERSION/u],
    [
      'a start while one is live',
      [begin],
      ['start', 'v2', '--yes'],
      /v1\.1\.0 放量中/u,
      /graydeck rollback/u,
    ],
    [
      'a raise of a paused release',
      [begin, ['pause']],
      ['set', '50', '--yes'],
      /v1\.1\.0 已暂停，此时不允许/u,
      /graydeck resume/u,
    ],
    [
      'a pause of what was taken back',
      [begin, ['rollback']],
      ['pause'],
      /v1\.1\.0 (?:回滚中|已回滚)，此时不允许/u,
      /graydeck (?:status|start)/u,
    ],
    [
      'what is wrong with the input, with its details',
      [begin],
      ['alert', 'ack', 'a-none'],
      /没有这条告警（.*a-none.*）。/u,
      /graydeck status/u,
    ],
    [
      'a store that is not there',
      [],
      ['status', '--store', 'redis://127.0.0.1:1/0'],
      /存储无法连接（.*127\.0\.0\.1:1.*）/u,
      /./u,
    ],
  ];

describe('with --lang zh a shell is told in Chinese', () => {
  test.for(table)('of %s', async ([, before, typed, message, next]) => {
    await using place = await Workplace.open();
    for (const words of before) expect(await place.run(...words)).toMatchObject({exitCode: 0});
    const ran = await place.run(...typed, '--lang', 'zh');
    const [first = '', second = ''] = ran.stderr.trim().split('\n').slice(-2);
    expect(first).toMatch(message);
    expect(second).toMatch(next);
    const english = await place.run(...typed, '--lang', 'en');
    expect(english.exitCode).toBe(ran.exitCode);
    expect(english.stderr).not.toMatch(/\p{Script=Han}/u);
  });

  test('machines read the same in every language', async () => {
    await using place = await Workplace.open();
    await place.run(...begin);
    await place.run('pause');
    const [zh, en] = await Promise.all(
      ['zh', 'en'].map(lang => place.run('set', '50', '--yes', '--json', '--lang', lang)),
    );
    expect(zh?.stderr).toBe(en?.stderr);
    expect(JSON.parse(en?.stderr ?? '')).toMatchObject({code: 'wrong-state'});
  });

  test('by the language of the environment, too', async () => {
    await using place = await Workplace.open();
    const typed = ['pause', '--feature', 'pay'];
    const ran = await place.start(typed, {env: {LANG: 'zh_CN.UTF-8'}});
    expect(ran.stderr).toContain('没有进行中的发布');
  });
});
