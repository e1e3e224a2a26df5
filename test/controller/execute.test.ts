import {describe, expect, test} from 'vitest';
import {openController} from '../../source/controller/controller.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import type {Intent} from '../../source/release/command.ts';
import type {Commit} from '../../source/release/commit.ts';
import {StoreFault} from '../../source/store/fault.ts';
import {fourPhases, phase, planOf} from '../release/plans.ts';
import {guard, liu} from '../release/specification.ts';
import {newFeature, opener, shown} from './desk.ts';
import {onEveryStore, onSqlite} from './houses.ts';

const start = {type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan: fourPhases()} as const;
const set = (percent: number, from?: number): Intent => ({
  type: 'set',
  release: 'r-1',
  percent,
  ...(from === undefined ? {} : {from}),
});
const rollback: Intent = {type: 'rollback', release: 'r-1'};

onEveryStore(house => {
  const open = opener(house);

  describe('a command', () => {
    test('is written as one commit with actor, time, reason and split', async () => {
      const desk = await open.desk(newFeature());
      const before = desk.now();
      const outcome = await desk.execute(start, {by: liu, reason: 'as planned'});
      expect(outcome).toMatchObject({kind: 'done', version: 1, tries: 1, split: {live: true, percent: 5}});
      const [commit] = await desk.store.log.read(0);
      expect(commit).toMatchObject({version: 1, parent: null, by: liu.name, reason: 'as planned', schema: 1});
      expect(commit!.events.map(({type}) => type)).toEqual(['release-started', 'phase-entered']);
      expect(commit!.split).toEqual(desk.snapshot().split);
      expect(commit!.at).toBeGreaterThanOrEqual(before);
      expect(desk.snapshot()).toMatchObject({
        head: {version: 1, id: commit!.id},
        link: {state: 'up'},
        splitVersion: 1,
        lastBreak: null,
      });
      expect(desk.commits()).toEqual([commit]);
    });

    test('to roll back is written in a readable form for any clock, name and reason', async () => {
      const desk = await open.desk(newFeature());
      await desk.does(start);
      const {feature, store: own} = desk;
      const odd = openController({feature, log: own.log, now: () => Number.NaN});
      const outcome = await odd.execute(rollback, {by: {name: 7}, reason: {}} as never);
      await odd.close();
      expect(outcome).toMatchObject({kind: 'done', version: 2, split: {live: false}});
      expect(await own.log.head()).toMatchObject({version: 2, split: {live: false, rolledBack: ['r-1']}});
      await shown(desk, ({split}) => !split.live);
    });

    test('names its parent, and the chain is complete', async () => {
      const desk = await open.desk(newFeature());
      for (const intent of [start, set(10), set(20), rollback]) await desk.does(intent);
      const log = await desk.store.log.read(0);
      expect(log.map(({version}) => version)).toEqual([1, 2, 3, 4]);
      expect(log.map(({parent}) => parent)).toEqual([null, ...log.slice(0, 3).map(({id}) => id)]);
    });

    test('that is not allowed is refused with a remedy, and nothing is written', async () => {
      const desk = await open.desk(newFeature());
      expect(await desk.does(set(10))).toMatchObject({kind: 'refused', refusal: {code: 'nothing-live'}});
      expect(await desk.store.log.head()).toBeNull();
    });

    test('for a state that is reached already writes nothing', async () => {
      const desk = await open.desk(newFeature());
      await desk.does(start);
      expect(await desk.does(set(5))).toMatchObject({kind: 'nothing', notice: 'already-so'});
      expect((await desk.store.log.head())?.version).toBe(1);
    });

    test('is not written once `isMeant` returns false', async () => {
      const desk = await open.desk(newFeature());
      await desk.does(start);
      const outcome = await desk.execute(rollback, {by: liu}, {isMeant: () => false});
      expect(outcome).toMatchObject({kind: 'conflict', tries: 0, state: {release: {state: 'rolling'}}});
      expect((await desk.store.log.head())?.version).toBe(1);
      expect(await desk.execute(rollback, {by: liu}, {isMeant: () => true})).toMatchObject({kind: 'done'});
    });

    test('in a dry run returns its outcome and writes nothing', async () => {
      const desk = await open.desk(newFeature());
      expect(await desk.execute(start, {by: liu}, {dryRun: true})).toMatchObject({
        kind: 'done',
        version: 1,
        split: {live: true, percent: 5},
      });
      expect(await desk.store.log.head()).toBeNull();
      expect(desk.snapshot()).toMatchObject({head: null, split: {live: false}});
      await desk.does(start);
      const dry = await desk.execute(rollback, {by: liu}, {dryRun: true});
      expect(dry).toMatchObject({kind: 'done', version: 2, split: {live: false}});
      expect(desk.snapshot().split.live).toBe(true);
    });

    test('may carry values that JSON does not know: every reader folds the same', async () => {
      const [desk, view] = await both();
      const endless = planOf([phase('all', 10, {durationMs: Number.POSITIVE_INFINITY, whenStale: null})]);
      await desk.does({...start, plan: endless});
      const there = await shown(view, ({head}) => head?.version === 1);
      expect(desk.snapshot().state).toStrictEqual(there.state);
    });
  });

  async function both() {
    const feature = newFeature();
    return [await open.desk(feature), await open.desk(feature)] as const;
  }

  describe('two controllers on one log', () => {
    test('answer for the newest log', async () => {
      const [one, other] = await both();
      await one.does(start);
      const stale = deafened(other.store.log, other);
      // This controller does not know the release yet; a command for it is executed all the same.
      expect(await stale.execute(set(10, 5), {by: liu})).toMatchObject({kind: 'done', version: 2});
      await one.does(rollback);
      expect(await stale.execute(rollback, {by: liu})).toMatchObject({notice: 'already-rolling-back'});
      await stale.close();
    });

    test('that raise at the same moment: one does, the other learns that the percent has changed', async () => {
      const [one, other] = await both();
      await one.does(start);
      await shown(other, ({head}) => head?.version === 1);
      const outcomes = await Promise.all([one.does(set(10, 5)), other.does(set(20, 5))]);
      expect(outcomes.map(({kind}) => kind).toSorted()).toEqual(['done', 'refused']);
      expect(outcomes.find(({kind}) => kind === 'refused')).toMatchObject({refusal: {code: 'moved-on'}});
    });

    test('that send the same command at the same moment: one is done, the other changes nothing', async () => {
      const [one, other] = await both();
      await one.does(start);
      await shown(other, ({head}) => head?.version === 1);
      const raised = await Promise.all([one.does(set(20, 5)), other.does(set(20, 5))]);
      expect(raised.map(({kind}) => kind).toSorted()).toEqual(['done', 'nothing']);
      const back = await Promise.all([one.does(rollback), other.does(rollback)]);
      expect(back.map(({kind}) => kind).toSorted()).toEqual(['done', 'nothing']);
      expect(back.find(({kind}) => kind === 'nothing')).toMatchObject({notice: 'already-rolling-back'});
      expect((await one.store.log.head())?.version).toBe(3);
    });

    test('that start at the same moment: one release starts, the other is refused', async () => {
      const [one, other] = await both();
      const second: Intent = {...start, release: 'r-2', version: 'v3'};
      const outcomes = await Promise.all([one.does(start), other.does(second)]);
      expect(outcomes.map(({kind}) => kind).toSorted()).toEqual(['done', 'refused']);
      expect(outcomes.find(({kind}) => kind === 'refused')).toMatchObject({refusal: {code: 'already-live'}});
    });

    test('lose no valid command: it is decided again after the other', async () => {
      const [one, other] = await both();
      await one.does(start);
      const users = Array.from({length: 20}, (_, n) => `u-${n}`);
      const outcomes = await Promise.all(
        users.map((user, n) => (n % 2 === 0 ? one : other).does({type: 'include', release: 'r-1', user})),
      );
      expect(outcomes.every(({kind}) => kind === 'done')).toBe(true);
      expect(outcomes.some(outcome => outcome.kind === 'done' && outcome.tries > 1)).toBe(true);
      const {state} = await shown(other, ({head}) => head?.version === 21);
      expect(state.release!.include.toSorted()).toEqual(users.toSorted());
    });

    test('a rollback wins against any number of raises', async () => {
      const [one, other] = await both();
      await one.does(start);
      const raising = Array.from({length: 15}, (_, n) => one.does(set(10 + n)));
      expect(await other.does(rollback)).toMatchObject({kind: 'done', split: {live: false}});
      await Promise.all(raising);
      const {state, split} = await shown(one, ({state}) => state.release?.state === 'rolling_back');
      expect(split).toMatchObject({live: false, percent: 0});
      expect(state.rolledBack).toEqual(['r-1']);
    });

    test('refuse a guard of an older epoch, except its rollback', async () => {
      const [one, other] = await both();
      await one.does(start);
      await one.execute({type: 'take-guard'}, {by: guard(1)});
      await other.execute({type: 'take-guard'}, {by: guard(2, 'guard on ops-2')});
      expect(await one.execute(set(1), {by: guard(1)})).toMatchObject({refusal: {code: 'old-epoch'}});
      expect(await one.execute(rollback, {by: guard(1)})).toMatchObject({kind: 'done', split: {live: false}});
    });
  });

  describe('a store that fails', () => {
    test('during a write rejects with its fault, and the written commit is found and not written twice', async () => {
      const desk = await open.desk(newFeature());
      await desk.does(start);
      const {log} = desk.store;
      let isDead = true;
      const lost = openController({
        feature: desk.feature,
        now: () => desk.now(),
        log: {
          ...log,
          // The reply is lost and the commit is written. No store can be made to do this, so the test wraps
          // one.
          append: async commit => {
            const result = await log.append(commit);
            if (!isDead) return result;
            isDead = false;
            throw new StoreFault(
              'store-unreachable',
              'the line is dead',
              'look at the log before you repeat it',
            );
          },
        },
      });
      await expect(lost.execute(set(20, 5), {by: liu})).rejects.toThrow('the line is dead');
      expect(await lost.execute(set(20, 5), {by: liu})).toMatchObject({
        kind: 'nothing',
        notice: 'already-so',
      });
      await shown(desk, ({state}) => state.release?.percent === 20);
      expect((await log.head())?.version).toBe(2);
      await lost.close();
    });
  });
});

onSqlite(house => {
  const open = opener(house);

  test('a command that loses every race ends after 50 tries, a rollback later', async () => {
    const desk = await open.desk(newFeature());
    await desk.does(start);
    let refusals = 0;
    const unlucky = openController({
      feature: desk.feature,
      now: () => desk.now(),
      log: {
        ...desk.store.log,
        append: async commit => {
          refusals += 1;
          return refusals <= 60 ? {outcome: 'conflict'} : desk.store.log.append(commit);
        },
      },
    });
    expect(await unlucky.execute(set(10), {by: liu})).toMatchObject({kind: 'conflict', tries: 50});
    refusals = 0;
    expect(await unlucky.execute(rollback, {by: liu})).toMatchObject({kind: 'done', tries: 61});
    await unlucky.close();
  });
});

/** A controller without news: it knows only what it reads itself. */
function deafened(
  log: {read(after: number): Promise<Commit[]>} & Parameters<typeof openController>[0]['log'],
  like: Controller,
) {
  return openController({
    feature: like.feature,
    now: () => like.now(),
    log: {
      ...log,
      follow: (_after, _onNews, signal) =>
        new Promise(resolve => signal.addEventListener('abort', () => resolve())),
    },
  });
}
