import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {openView} from '../../source/controller/view.ts';
import {openStore} from '../../source/store/open.ts';
import {redisMissing} from '../servers/redis.ts';
import {embeddedPlace, FEATURE, logOf, redisPlace, startRelease, statusOf} from './place.ts';

const RACE = 500;
const program = new URL('programs/race.ts', import.meta.url).pathname;

const stores = [
  ['Redis', redisPlace],
  ['the embedded store', embeddedPlace],
] as const;
const usable = stores.filter(([name]) => name !== 'Redis' || !redisMissing);

describe.each(usable)('two processes on %s', (store, open) => {
  test(`that race with ${RACE} commands each leave a log without a gap, a loss or a repeat`, async () => {
    await using place = await open();
    await startRelease(place);
    const before = (await logOf(place)).length;
    // Never the percent that the other one sets: every command has something to write.
    const racers = [
      ['liu', '1', '2'],
      ['chen', '3', '4'],
    ].map(([name = '', ...percents]) =>
      execa(process.execPath, [program, place.cli.store, FEATURE, name, String(RACE), ...percents]),
    );
    await Promise.all(
      racers.map(async ({stdout}) => {
        await new Promise(resolve => stdout.once('data', resolve));
      }),
    );
    const began = performance.now();
    for (const {stdin} of racers) stdin.write('go\n');
    const told = (await Promise.all(racers)).map(({stdout}) => stdout.split('\n').slice(1));
    console.log(`${store}: ${2 * RACE} racing commands in ${Math.round(performance.now() - began)} ms`);

    // Each was told another version, and together they are all that there is.
    const all = told.flat().map(Number);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({length: 2 * RACE}, (_, n) => before + 1 + n));
    const reader = await openStore(place.cli.store, 'viewer');
    const {log} = reader.feature(FEATURE);
    const commits = await log.read(0);
    expect(commits.map(({version}) => version)).toEqual(commits.map((_, n) => n + 1));
    expect(commits.map(({parent}) => parent)).toEqual([null, ...commits.slice(0, -1).map(({id}) => id)]);
    const own = commits.slice(before);
    for (const [index, name] of ['liu', 'chen'].entries()) {
      const theirs = own.filter(({by}) => by === name);
      expect(theirs.map(({version}) => String(version))).toEqual(told[index]);
    }
    // Else they ran one after the other, and nothing was proved.
    expect(own.filter(({by}, n) => by !== own[n - 1]?.by).length).toBeGreaterThan(10);
    // Each says from where it went: what the one before it had set.
    const moves = own.flatMap(({events}) => events as {type: string; from: number; percent: number}[]);
    expect(moves.every(({type}) => type === 'percent-set')).toBe(true);
    expect(moves.slice(1).map(({from}) => from)).toEqual(moves.slice(0, -1).map(({percent}) => percent));

    const view = openView({feature: FEATURE, log, now: () => reader.now()});
    await view.ready();
    expect(view.snapshot().split).toEqual(commits.at(-1)!.split);
    expect((await statusOf(place)).percent.set).toBe(moves.at(-1)!.percent);
    await view.close();
    await reader.close();
  });
});
