import {describe, expect, test} from 'vitest';
import {openController} from '../../source/controller/controller.ts';
import type {Intent} from '../../source/release/command.ts';
import type {Commit} from '../../source/release/commit.ts';
import {fourPhases} from '../release/plans.ts';
import {liu} from '../release/specification.ts';
import {newFeature, opener, shown} from './desk.ts';
import {onEveryStore} from './houses.ts';

const start = {type: 'start', release: 'r-1', version: 'v2', plan: fourPhases()} as const;
const set = (percent: number): Intent => ({type: 'set', release: 'r-1', percent});
const rollback: Intent = {type: 'rollback', release: 'r-1'};

onEveryStore(house => {
  const open = opener(house);

  async function running() {
    const feature = newFeature();
    const desk = await open.desk(feature);
    const view = await open.view(feature);
    for (const intent of [start, set(10), set(20)]) await desk.does(intent);
    await shown(view, ({head}) => head?.version === 3);
    return {feature, desk, view};
  }

  describe('a log that lost its tail', () => {
    test('is read again by every view, which reports the break', async () => {
      const {feature, desk, view} = await running();
      const entries = await house().readLog(feature);
      await house().rewriteLog(feature, entries.slice(0, 2));
      for (const one of [desk, view]) {
        const snapshot = await shown(one, ({head}) => head?.version === 2);
        expect(snapshot).toMatchObject({split: {percent: 10}, link: {state: 'up'}});
        expect(snapshot.lastBreak?.why).toContain('version 3');
        expect(one.commits()).toHaveLength(2);
      }
    });

    test('takes a command at once, before a view has noticed', async () => {
      const {feature, desk, view} = await running();
      const entries = await house().readLog(feature);
      await house().rewriteLog(feature, entries.slice(0, 2));
      expect(await desk.does(rollback)).toMatchObject({kind: 'done', version: 3, split: {live: false}});
      const {state} = await shown(view, ({split}) => !split.live);
      expect(state.release?.state).toBe('rolling_back');
    });

    test('that another process has continued is taken as it is now', async () => {
      const {feature, desk, view} = await running();
      const entries = await house().readLog(feature);
      await house().rewriteLog(feature, entries.slice(0, 1));
      const other = await open.desk(feature);
      await other.does(set(1));
      await other.does(set(2));
      await other.does(set(3));
      for (const one of [desk, view]) {
        const {state, lastBreak} = await shown(one, ({head}) => head?.version === 4);
        expect(state.release?.percent).toBe(3);
        expect(lastBreak).not.toBeNull();
      }
      expect(await desk.does(set(4))).toMatchObject({kind: 'done', version: 5});
    });
  });

  describe('a log that was deleted', () => {
    test('is empty for every view, which reports the break', async () => {
      const {feature, desk, view} = await running();
      await house().rewriteLog(feature, []);
      for (const one of [desk, view]) {
        const {state, split, lastBreak} = await shown(one, ({head}) => head === null);
        expect(state.release).toBeNull();
        expect(split.live).toBe(false);
        expect(lastBreak).not.toBeNull();
        expect(one.commits()).toEqual([]);
      }
    });

    test('still takes the rollback of a release that routers may serve, and bans it', async () => {
      const {feature, desk, view} = await running();
      await house().rewriteLog(feature, []);
      expect(await desk.does(rollback)).toMatchObject({
        kind: 'done',
        version: 1,
        events: [{type: 'release-banned', release: 'r-1'}],
        split: {live: false, rolledBack: ['r-1']},
      });
      await shown(view, ({split}) => split.rolledBack.includes('r-1'));
      expect(await desk.does(rollback)).toMatchObject({kind: 'nothing', notice: 'already-rolled-back'});
      expect(await desk.does(start)).toMatchObject({kind: 'refused', refusal: {code: 'bad-input'}});
    });

    test('begins again with the next release', async () => {
      const {feature, desk, view} = await running();
      await house().rewriteLog(feature, []);
      expect(await desk.does({...start, release: 'r-2'})).toMatchObject({kind: 'done', version: 1});
      await shown(view, ({state}) => state.release?.id === 'r-2');
    });
  });

  describe('an entry that is no commit', () => {
    test('is reported, changes nothing, and blocks no command', async () => {
      const {feature, desk, view} = await running();
      const entries = await house().readLog(feature);
      await house().rewriteLog(feature, [...entries, {version: 4, text: 'junk'}]);
      const {state} = await shown(view, ({lastBreak}) => lastBreak !== null);
      expect(state.release?.percent).toBe(20);
      expect(view.commits()).toHaveLength(3);
      expect(await desk.does(rollback)).toMatchObject({kind: 'done', version: 4, split: {live: false}});
      await shown(view, ({split}) => !split.live);
    });

    test('is put aside by a rollback within two seconds, and an alert says so', async () => {
      const {feature, desk, view} = await running();
      const entries = await house().readLog(feature);
      await house().rewriteLog(feature, [...entries, {version: 4, text: String.raw`{"x":"\ud83d"`}]);
      const began = performance.now();
      expect(await desk.does(rollback)).toMatchObject({kind: 'done', version: 4, split: {live: false}});
      expect(performance.now() - began).toBeLessThan(2000);
      const {state} = await shown(view, ({head}) => head?.version === 5);
      expect(state.alerts).toMatchObject([
        {key: 'log', level: 'warning', message: expect.stringContaining('put aside') as string},
      ]);
    });
  });

  describe('a text that was cut in the middle of a letter', () => {
    test('is written well-formed: the next command and a rollback follow it', async () => {
      const {feature, desk} = await running();
      const half = '\ud83d';
      const message = `disk full ${half}`;
      const alert = {type: 'alert', alert: 'a-1', level: 'info', message} as const;
      const written = await desk.execute(alert, {by: {...liu, name: `liu ${half}`}, reason: half});
      expect(written).toMatchObject({kind: 'done', events: [{message}]});
      expect(await desk.does(set(30))).toMatchObject({kind: 'done'});
      expect(await desk.does(rollback)).toMatchObject({kind: 'done', split: {live: false}});
      for (const {text} of await house().readLog(feature)) expect(text).not.toContain(String.raw`\ud83d`);
      const later = await open.desk(feature);
      expect(later.snapshot().state).toMatchObject({
        unknownEvent: null,
        alerts: [{message: 'disk full \ufffd'}],
      });
    });
  });

  describe('a commit with an event that cannot be read', () => {
    test('blocks nothing: the log is read, and the release can be rolled back', async () => {
      const {feature} = await running();
      const entries = await house().readLog(feature);
      const last = JSON.parse(entries[2]!.text) as Commit;
      const broken = {...last, version: 4, id: 'c-4', parent: last.id};
      const events = [{type: 'promotion-started', release: 'r-1', steps: [null]}];
      await house().rewriteLog(feature, [
        ...entries,
        {version: 4, text: JSON.stringify({...broken, events})},
      ]);
      const desk = await open.desk(feature);
      expect(desk.snapshot().state.unknownEvent).toContain('promotion-started');
      // Code that shows the log relies on the fields of events.
      expect(desk.commits().at(-1)?.events).toEqual([{type: 'promotion-started, unreadable'}]);
      expect(await desk.does(rollback)).toMatchObject({kind: 'done', version: 5, split: {live: false}});
    });
  });

  describe('a commit whose split does not follow from its events', () => {
    async function forged() {
      const {feature, desk, view} = await running();
      const entries = await house().readLog(feature);
      const last = JSON.parse(entries[2]!.text) as Commit;
      const text = JSON.stringify({
        ...last,
        split: {...last.split, percent: 100, tiers: [{audience: null, percent: 100}]},
      });
      await house().rewriteLog(feature, [...entries.slice(0, 2), {version: 3, text}]);
      return {feature, desk, view};
    }

    test('makes the log read-only except for a rollback', async () => {
      const {feature} = await forged();
      const desk = await open.desk(feature);
      expect(desk.snapshot().state.unknownEvent).toContain('version 3');
      expect(await desk.does(set(30))).toMatchObject({kind: 'refused', refusal: {code: 'newer-log'}});
      expect(await desk.does({type: 'pause', release: 'r-1'})).toMatchObject({refusal: {code: 'newer-log'}});
      expect(await desk.does(rollback)).toMatchObject({kind: 'done', version: 4, split: {live: false}});
      // Every later reader understands a rollback written there.
      const later = await open.desk(feature);
      expect(later.snapshot()).toMatchObject({split: {live: false, rolledBack: ['r-1']}, head: {version: 4}});
    });
  });

  describe('a commit of a newer version', () => {
    test('is kept, and this version sends no command after it', async () => {
      const {feature, desk} = await running();
      const head = (await desk.store.log.head())!;
      await desk.store.log.append({
        ...head,
        version: 4,
        id: 'newer',
        parent: head.id,
        schema: 2,
        minReader: 2,
        events: [{type: 'release-split-in-two'}],
      });
      const {state} = await shown(desk, ({head}) => head?.version === 4);
      expect(state.unknownEvent).toBe('schema 2');
      expect(desk.commits().at(-1)?.events).toEqual([{type: 'release-split-in-two'}]);
      expect(await desk.does(set(30))).toMatchObject({refusal: {code: 'newer-log'}});
      expect(await desk.does(rollback)).toMatchObject({kind: 'done', version: 5});
      const later = await open.view(feature);
      expect(later.snapshot()).toMatchObject({
        split: {live: false},
        state: {release: {state: 'rolling_back'}},
      });
    });
  });

  test('two controllers that read different logs for a moment agree again', async () => {
    const {feature, desk} = await running();
    const old = (await desk.store.log.read(0)).slice(0, 2);
    let isStale = false;
    const reading = openController({
      feature,
      now: () => desk.now(),
      log: {
        ...desk.store.log,
        // A replica that lags behind: no store of the tests can return an old log and new commits.
        read: async after => (isStale ? old.slice(after) : desk.store.log.read(after)),
        head: async () => (isStale ? old[1]! : desk.store.log.head()),
      },
    });
    await reading.ready();
    isStale = true;
    // The notice "already so" is checked against the old log, which seems to have lost its end.
    await reading.execute(set(20), {by: liu}, {dryRun: true});
    expect(reading.snapshot().head?.version).toBe(2);
    isStale = false;
    await desk.does(set(30));
    await shown(reading, ({state}) => state.release?.percent === 30);
    expect(reading.commits()).toHaveLength(4);
    await reading.close();
  });
});
