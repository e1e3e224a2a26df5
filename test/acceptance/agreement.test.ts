import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import type {Sight, TestTerminal} from '../terminal/open.ts';
import {
  embeddedPlace,
  logOf,
  openConsole,
  openProgram,
  redisPlace,
  startRelease,
  statusOf,
  type Place,
} from './place.ts';

const stores = [
  ['Redis', redisPlace],
  ['the embedded store', embeddedPlace],
] as const;
const usable = stores.filter(([name]) => name !== 'Redis' || !redisMissing);

let place: Place;
let liu: TestTerminal;
let chen: TestTerminal;

describe.each(usable)('two consoles and the command line on %s', (store, open) => {
  beforeEach(async () => {
    place = await open();
    await startRelease(place);
    [liu, chen] = (await Promise.all(['liu', 'chen'].map(name => openConsole(place, ['--by', name])))) as [
      TestTerminal,
      TestTerminal,
    ];
  });

  afterEach(async () => {
    await Promise.all([liu.close(), chen.close()]);
    await place[Symbol.asyncDispose]();
  });

  /** Does it, and tells how long after the commit each screen showed it, ms. */
  async function seenOn(screens: readonly TestTerminal[], sight: Sight, act: () => void | Promise<unknown>) {
    const seen = Promise.all(
      screens.map(async screen => {
        await screen.until(sight);
        return Date.now();
      }),
    );
    await Promise.all([act(), seen]);
    const {at} = (await logOf(place)).at(-1)!;
    return (await seen).map(time => time - at);
  }

  test('show each other what was done', async () => {
    await using follower = openProgram(place, ['log', '--follow']);
    await follower.until('started v1.1.0');
    const all = [liu, chen];
    const delays = [
      ...(await seenOn(all, 'PAUSED', () => liu.press('p'))),
      ...(await seenOn(all, 'ROLLING', () => chen.press('P'))),
      ...(await seenOn([chen, follower], '5 % → 10 %', async () => {
        liu.press('+');
        await liu.until('RAISE ─');
        liu.press('y');
      })),
      ...(await seenOn([liu, follower], '10 % → 5 %', () => chen.press('-'))),
      ...(await seenOn([...all, follower], 'refunds look slow', () =>
        place.cli.run('alert', 'warning', 'refunds look slow'),
      )),
      ...(await seenOn([chen], 'seen by liu', () => liu.press('A'))),
    ];
    for (const percent of [4, 3, 2, 1.5, 1.25]) {
      const sight = new RegExp(`(?<![\\d.])${String(percent).replace('.', '\\.')} % set`, 'u');
      delays.push(...(await seenOn(all, sight, () => place.cli.run('set', String(percent)))));
    }
    // Nobody sees what is not written yet: the time in a commit is the store's, wherever it came from.
    expect(Math.min(...delays)).toBeGreaterThan(-10);
    const {percent} = await statusOf(place);
    expect(percent.set).toBe(1.25);
  });

  test('let one win where both press + y at once, and tell the other who was first', async () => {
    liu.press('+');
    chen.press('+');
    await Promise.all([liu.until('RAISE ─'), chen.until('RAISE ─')]);
    const before = (await logOf(place)).length;
    liu.press('y');
    chen.press('y');
    await Promise.all([liu.until('10 % set'), chen.until('10 % set')]);
    await Promise.all([liu, chen].map(console => console.until(/set: 5 % → 10 %|was first: 10 % already/u)));
    const written = (await logOf(place)).slice(before);
    expect(written.map(({events}) => events.map(({type}) => type))).toEqual([['percent-set']]);
    const [winner, loser] = written[0]!.by === 'liu' ? [liu, chen] : [chen, liu];
    expect(winner.text()).toContain('set: 5 % → 10 %');
    expect(loser.text()).toContain(`${written[0]!.by} was first: 10 % already`);
    expect((await statusOf(place)).percent.set).toBe(10);
  });

  test('roll back once where both press r y at once, and both say that everyone is back', async () => {
    liu.press('r');
    chen.press('r');
    await Promise.all([liu.until('ROLL BACK ─'), chen.until('ROLL BACK ─')]);
    liu.press('y');
    chen.press('y');
    await Promise.all([liu, chen].map(console => console.until('ROLLED BACK')));
    // Nobody confirmed it: there are no routers here, and neither screen says anything else.
    for (const console of [liu, chen]) expect(console.text()).toContain('no router confirms it');
    const types = (await logOf(place)).flatMap(({events}) => events.map(({type}) => type));
    expect(types.filter(type => type === 'rollback-started')).toHaveLength(1);
    expect((await statusOf(place)).state).toBe('rolled_back');
  });
});
