import {expect, test} from 'vitest';
import {runProgram} from '../store/child.ts';
import {newFeature, opener, shown} from './desk.ts';
import {onEveryStore} from './houses.ts';

const COMMANDS = 500;
const RACER = '../../controller/programs/racer';

onEveryStore(house => {
  const open = opener(house);

  test(`two processes with ${COMMANDS} commands each leave a log without gap, loss or repeat`, async () => {
    const feature = newFeature();
    const desk = await open.desk(feature);
    const racers = [1, 2].map(() => runProgram(RACER, [house().address, feature, String(COMMANDS)]));
    await Promise.all(racers.map(one => one.printed(1)));
    for (const one of racers) one.tell('go');
    expect(await Promise.all(racers.map(one => one.ended))).toEqual([0, 0]);
    const log = await desk.store.log.read(0);
    const told = racers.flatMap(({lines}) => lines.slice(1).map(Number));
    expect(log.map(({version}) => version)).toEqual(Array.from({length: 2 * COMMANDS}, (_, n) => n + 1));
    expect(told.toSorted((a, b) => a - b)).toEqual(log.map(({version}) => version));
    const alerts = log.flatMap(({events}) => events.map(event => 'alert' in event && event.alert));
    expect(new Set(alerts).size).toBe(2 * COMMANDS);
    // The processes did race: the author of the commits changes again and again.
    expect(log.filter(({by}, n) => by !== log[n - 1]?.by).length).toBeGreaterThan(20);
    await shown(desk, ({head}) => head?.version === 2 * COMMANDS);
    expect(desk.snapshot()).toMatchObject({lastBreak: null, state: {unknownEvent: null}});
    expect(desk.commits()).toHaveLength(2 * COMMANDS);
  });
});
