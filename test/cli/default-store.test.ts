import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {errorOf, Workplace} from './program.ts';

/** Nobody names a store: the embedded one of this user, in a home that is new. */
const unnamed = {env: {GRAYDECK_STORE: ''}};
const file = ({folder}: Workplace) => join(folder, '.local', 'state', 'graydeck', 'graydeck.db');

describe('the embedded store', () => {
  test('comes to be on first use, also by who only looks', async () => {
    await using place = await Workplace.open();
    const {exitCode, stdout} = await place.runWith(unnamed, 'status', '--feature', 'pay', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({feature: 'pay', state: 'idle', head: 0});
    expect(existsSync(file(place))).toBe(true);
    await place.runWith(unnamed, 'start', 'v1.1.0', '--feature', 'pay', '--yes');
    const seen = await place.runWith(unnamed, 'status', '--json');
    expect(JSON.parse(seen.stdout)).toMatchObject({feature: 'pay', state: 'rolling', head: 1});
  });

  test('is not made under --read-only', async () => {
    await using place = await Workplace.open();
    const ran = await place.runWith(unnamed, 'status', '--feature', 'pay', '--read-only', '--json');
    expect(ran.exitCode).toBe(69);
    expect(errorOf(ran)).toMatchObject({code: 'store-unreachable'});
    expect(existsSync(file(place))).toBe(false);
  });

  test('that somebody named and that is not there is a slip, and is not made by looking', async () => {
    await using place = await Workplace.open();
    expect((await place.run('status', '--feature', 'pay')).exitCode).toBe(69);
    expect(existsSync(join(place.folder, 'graydeck.db'))).toBe(false);
  });
});
