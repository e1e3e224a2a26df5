import {describe, expect, test} from 'vitest';
import {openController} from '../../source/controller/controller.ts';
import {openView} from '../../source/controller/view.ts';
import type {Intent} from '../../source/release/command.ts';
import {openStore} from '../../source/store/open.ts';
import type {LogReader} from '../../source/store/port.ts';
import {fourPhases} from '../release/plans.ts';
import {liu} from '../release/specification.ts';
import {newFeature, opener, shown, until} from './desk.ts';
import {onEveryStore, onSqlite} from './houses.ts';

const start = {type: 'start', release: 'r-1', version: 'v2', plan: fourPhases()} as const;
const set = (percent: number): Intent => ({type: 'set', release: 'r-1', percent});

onEveryStore(house => {
  const open = opener(house);

  describe('a command of one controller', () => {
    test('is shown by the other', async () => {
      const feature = newFeature();
      const [desk, view] = [await open.desk(feature), await open.desk(feature)];
      await desk.does(start);
      await shown(view, ({head}) => head?.version === 1);
      for (let n = 1; n <= 20; n++) {
        const seen = shown(view, ({state}) => state.release?.percent === n + 5);
        await desk.does(set(n + 5));
        expect((await seen).head?.version).toBe(n + 1);
      }
    });

    test('gives all the same state, with every commit once', async () => {
      const feature = newFeature();
      const [one, other] = [await open.desk(feature), await open.desk(feature)];
      await one.does(start);
      await Promise.all(Array.from({length: 30}, (_, n) => (n % 2 === 0 ? one : other).does(set(n / 4))));
      const late = await open.view(feature);
      const head = late.snapshot().head!.version;
      for (const view of [one, other]) await shown(view, snapshot => snapshot.head!.version === head);
      expect(one.snapshot().state).toStrictEqual(late.snapshot().state);
      expect(other.snapshot().state).toStrictEqual(late.snapshot().state);
      for (const view of [one, other, late])
        expect(view.commits().map(({version}) => version)).toEqual(
          Array.from({length: head}, (_, n) => n + 1),
        );
    });
  });

  describe('a view', () => {
    test('shares equal parts of commits, so that a long log fits into memory', async () => {
      const feature = newFeature();
      const desk = await open.desk(feature);
      await desk.does(start);
      await desk.does({type: 'include', release: 'r-1', user: 'u-1'});
      await desk.does(set(7));
      await desk.does({type: 'alert', alert: 'a-1', level: 'info', message: 'hello'});
      const [, included, raised, alerted] = (await open.view(feature)).commits();
      expect(alerted?.split).toBe(raised?.split);
      expect(raised?.split.percent).toBe(7);
      expect(raised?.split.include).toBe(included?.split.include);
    });

    test('has no way to write', async () => {
      const feature = newFeature();
      await (await open.desk(feature)).does(start);
      const view = await open.view(feature);
      expect(Object.keys(view).toSorted()).toEqual([
        'close',
        'commits',
        'feature',
        'now',
        'ready',
        'snapshot',
        'subscribe',
      ]);
      expect(view.snapshot()).toMatchObject({split: {live: true, percent: 5}, link: {state: 'up'}});
    });

    test('that is closed receives nothing more, and leaves nothing running', async () => {
      const feature = newFeature();
      const desk = await open.desk(feature);
      await desk.does(start);
      const store = await openStore(house().address, 'viewer', {env: {}});
      const follows = new Set<Promise<void>>();
      const log: LogReader = {
        ...store.feature(feature).log,
        follow(...args) {
          const following = store.feature(feature).log.follow(...args);
          follows.add(following);
          return following;
        },
      };
      const view = openView({feature, log, now: () => store.now()});
      let calls = 0;
      view.subscribe(() => (calls += 1));
      await view.ready();
      await until(() => follows.size === 1);
      await view.close();
      // The follower itself has ended.
      await Promise.all(follows);
      calls = 0;
      await desk.does(set(10));
      await store.close();
      expect(calls).toBe(0);
      expect(view.snapshot().state.release?.percent).toBe(5);
    });

    test('may be closed before it has opened', async () => {
      const feature = newFeature();
      await (await open.desk(feature)).does(start);
      const store = await openStore(house().address, 'viewer', {env: {}});
      const view = openView({feature, log: store.feature(feature).log, now: () => store.now()});
      await view.close();
      await store.close();
      expect(view.snapshot().link.state).not.toBe('away');
    });
  });
});

onSqlite(house => {
  const open = opener(house);

  test('a listener that throws affects neither the writer nor other listeners', async () => {
    const feature = newFeature();
    const desk = await open.desk(feature);
    const thrown: unknown[] = [];
    const catching = (error: unknown) => void thrown.push(error);
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', catching);
    try {
      let heard = 0;
      desk.subscribe(() => {
        throw new Error('a mistake of the screen');
      });
      desk.subscribe(() => (heard += 1));
      expect(await desk.does(start)).toMatchObject({kind: 'done'});
      expect(heard).toBeGreaterThan(0);
      await until(() => thrown.length > 0);
      expect(thrown[0]).toMatchObject({message: 'a mistake of the screen'});
    } finally {
      process.off('uncaughtException', catching);
      for (const other of others) process.on('uncaughtException', other);
    }
  });

  test('closing does not wait for a store that does not answer', async () => {
    const never = new Promise<never>(() => undefined);
    const controller = openController({
      feature: 'f-silent',
      now: () => 0,
      log: {head: () => never, read: () => never, append: () => never, follow: () => never},
    });
    const executing = controller.execute(start, {by: liu});
    await controller.close();
    expect(controller.snapshot().link.state).toBe('opening');
    expect(await Promise.race([executing, Promise.resolve('waiting')])).toBe('waiting');
  });
});
