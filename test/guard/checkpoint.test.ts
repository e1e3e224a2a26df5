import {expect, test} from 'vitest';
import {decodeTally} from '../../source/analysis/roll-up.ts';
import {Checkpoints, type Checkpoint} from '../../source/guard/checkpoint.ts';
import {newFeature, opener} from '../controller/desk.ts';
import {onEveryStore} from '../controller/houses.ts';

const HOUR = 3_600_000;

onEveryStore(house => {
  const open = opener(house);
  const checkpoint = (release: string, at: number): Checkpoint => ({
    schema: 'graydeck.checkpoint/1',
    release,
    at,
    notBefore: 0,
    version: 3,
    judge: null,
    evidence: {schema: 'graydeck.evidence/1', t: 7, state: {logE: 1.25}},
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
