import {expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {decodeTally} from '../../source/analysis/windows/roll-up.ts';
import {Checkpoints, type Checkpoint} from '../../source/monitor/checkpoint.ts';
import {makeLaunch, type Shape} from '../analysis/evidence/simulation/launch.ts';
import {newFeature, opener} from '../controller/desk.ts';
import {onEveryStore} from '../controller/houses.ts';

const HOUR = 3_600_000;

/** Gray fails more and more, after some minutes for good. */
const errorsRise: Shape = setting => {
  setting.requestsPerSecond = 200;
  setting.truth = (side, t) =>
    side === 'gray' ? {...setting.base, errors: t < 200 ? 0.006 : 0.1} : setting.base;
  setting.traffic = () => setting.requestsPerSecond;
  setting.shareAt = () => 0.2;
};

onEveryStore(house => {
  const open = opener(house);
  const checkpoint = (release: string, at: number): Checkpoint => ({
    schema: 'graydeck.checkpoint/1',
    release,
    at,
    notBefore: 0,
    version: 3,
    judge: null,
    evidence: {schema: 'graydeck.evidence/3', t: 7, options: '', limits: 0, state: {logE: 1.25}},
  });

  test('the newest checkpoint is found by whoever comes next, over the turn of an hour, too', async () => {
    const {store, now} = await open.desk(newFeature());
    const hour = Math.floor(now() / HOUR) * HOUR;
    const writing = new Checkpoints(store.rollUps);
    for (const at of [hour - 5000, hour - 1, hour + 4000]) await writing.write(checkpoint('r-1', at), at);
    const found = await new Checkpoints(store.rollUps).read('r-1', hour + 9000);
    expect(found).toEqual(checkpoint('r-1', hour + 4000));
    // That of the hour before is emptied: months of releases leave next to nothing.
    const rows = await store.rollUps.read('minutes', hour - HOUR);
    expect(rows.map(({body}) => body.length > 0)).toEqual([false, true]);
    // A reader of roll-ups takes none of it for a minute.
    expect(rows.map(({t, body}) => decodeTally(t, body))).toEqual([null, null]);
  });

  test('evidence goes on from a checkpoint to the last digit, and takes 64 KiB at most', async () => {
    const {store, now} = await open.desk(newFeature());
    const ticks = [...makeLaunch(errorsRise, 3, 240).ticks()];
    const options = {falseAlarms: 0.01, margin: 0, ratios: {bounces: 'more', uses: 'less'}} as const;
    const alone = createEvaluator(options);
    const first = createEvaluator(options);
    for (const tick of ticks.slice(0, 120)) expect(first.observe(tick)).toEqual(alone.observe(tick));
    const left = {...checkpoint('r-1', now()), evidence: first.snapshot()};
    expect(JSON.stringify(left).length).toBeLessThan(64 * 1024);
    await new Checkpoints(store.rollUps).write(left, now());
    const found = await new Checkpoints(store.rollUps).read('r-1', now());
    const next = createEvaluator(options, found!.evidence!);
    expect(next.read()).toEqual(alone.read());
    for (const tick of ticks.slice(120)) expect(next.observe(tick)).toEqual(alone.observe(tick));
    expect(next.snapshot()).toEqual(alone.snapshot());
    expect(alone.read()?.decided).toBe(true);
  });

  test('a checkpoint of another release, of another version, or none is none', async () => {
    const {store, now} = await open.desk(newFeature());
    const at = now();
    const checkpoints = new Checkpoints(store.rollUps);
    expect(await checkpoints.read('r-1', at)).toBeNull();
    await checkpoints.write(checkpoint('r-1', at), at);
    expect(await checkpoints.read('r-2', at)).toBeNull();
    const t = Math.floor(at / HOUR) * HOUR + 1;
    for (const body of ['{', 'null', '[]', '{"schema":"graydeck.checkpoint/9","release":"r-1","at":1}']) {
      await store.rollUps.write('minutes', [{t, body}], 24 * HOUR);
      expect(await checkpoints.read('r-1', at)).toBeNull();
    }
  });
});
