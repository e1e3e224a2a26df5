import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {LEASE_MS, RENEW_MS} from '../../source/guard/lease.ts';
import type {Hook, Plan} from '../../source/release/plan.ts';
import {onEveryStore} from '../controller/houses.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR} from '../release/specification.ts';
import {Stage, until} from './stage.ts';
import {eventsOf, oneActsAtATime} from './watchmen.ts';

const NAMES = ['guard-1', 'guard-2', 'guard-3'];
const SCRIPT = `
  const {GRAYDECK_ATTEMPT: attempt} = process.env;
  require('fs').appendFileSync(process.argv[1], attempt + '\\n');
  setTimeout(() => {}, Number(process.argv[1 + Math.min(2, Number(attempt))]));
`;

const slow = (rest: Partial<Plan> = {}) =>
  planOf([phase('alpha', 20, {durationMs: HOUR}), phase('all', 100)], rest);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-guards-'));
});
afterAll(() => rm(folder, {recursive: true}));

/** A hook that writes down each of its runs; the first takes longer than the others. */
function noting(file: string, takesMs: [first: number, then: number], timeoutMs: number): Hook {
  const argv = [process.execPath, '-e', SCRIPT, join(folder, file), ...takesMs.map(String)];
  return {argv, timeoutMs, check: null};
}

async function runsOf(file: string): Promise<string[]> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => '');
  return text.split('\n').filter(line => line !== '');
}

onEveryStore(house => {
  /** Three guards, one of which acts and has judged. */
  async function threeGuards(plan: Plan): Promise<Stage> {
    const stage = await Stage.open(house().address);
    await stage.start(plan);
    for (const name of NAMES) stage.guard(name);
    await stage.guarded();
    await stage.until(({verdict}) => verdict !== null);
    return stage;
  }

  test.concurrent(
    'of three guards one acts at a time, whether the first is told to go, stopped or killed',
    async () => {
      await using stage = await threeGuards(slow());
      const first = stage.leader();
      let {epoch} = await stage.guarded();
      first.signal('SIGTERM');
      expect(await first.child.ended).toBe(0);
      const second = await stage.guarded(epoch);
      // Told to go, it hands over.
      expect(first.roles().at(-1)).toBe('handed-over');
      expect(eventsOf(stage.commits).filter(({type}) => type === 'guard-left')).toMatchObject([
        {by: first.name},
      ]);

      ({epoch} = second);
      const stopped = stage.leader();
      await until(() => stopped.roles().at(-1) === 'acting');
      const known = stopped.roles().length;
      stopped.signal('SIGSTOP');
      const third = await stage.guarded(epoch);
      stopped.signal('SIGCONT');
      // Awake again it finds that another acts, and stands by.
      await until(() => stopped.roles().length > known);
      expect(stopped.roles().slice(known)).toEqual(['standing-by']);

      ({epoch} = third);
      stage.leader().signal('SIGKILL');
      const last = await stage.guarded(epoch);
      expect(last.name).toBe(stopped.name);

      await stage.until(({verdict}) => verdict !== null);
      oneActsAtATime(stage.commits, NAMES);
      // Samples came all the time: nothing is taken off the clock of the phase.
      const {clock, phaseEnteredAt} = stage.release;
      expect(clock).toEqual({ranMs: 0, since: phaseEnteredAt, held: null});
    },
  );

  test.concurrent(
    'a guard that is alone and was stopped takes the guard again before it commands, and goes on where it was',
    async () => {
      await using stage = await Stage.open(house().address);
      await stage.start(slow());
      const guard = stage.guard('guard-1');
      const {epoch} = await stage.guarded();
      await stage.until(({verdict}) => verdict !== null);
      const stoppedAt = stage.controller.now();
      const {version} = (await stage.feature.log.head())!;
      guard.signal('SIGSTOP');
      await until(() => stage.controller.now() - stoppedAt > LEASE_MS + 2 * RENEW_MS);
      guard.signal('SIGCONT');
      await stage.guarded(epoch);
      const since = stage.commits.slice(version);
      expect(eventsOf(since)).toMatchObject([{type: 'guard-taken', epoch: epoch + 1}]);
      expect(stage.release.clock).toMatchObject({held: null, ranMs: 0});
    },
  );

  test.concurrent(
    'a step that a guard was killed in is taken up once its time is over, and not again after its outcome',
    async () => {
      const file = `killed-${crypto.randomUUID()}`;
      const stop = noting(file, [2500, 0], 3000);
      await using stage = await threeGuards(slow({hooks: {stop}}));
      await stage.does({type: 'rollback', release: 'r-1'});
      await until(async () => (await runsOf(file)).length === 1);
      stage.leader().signal('SIGKILL');
      const release = await stage.until(({state}) => state === 'rolled_back');
      expect(release.steps.find(({id}) => id === 'rollback.stop')).toMatchObject({
        state: 'done',
        attempts: 2,
      });
      // At least once, and told which time it is.
      expect(await runsOf(file)).toEqual(['1', '2']);
      oneActsAtATime(stage.commits, NAMES);
    },
  );

  test.concurrent(
    'a step that a guard is told to leave is given back, and taken up without waiting for its deadline',
    async () => {
      const file = `left-${crypto.randomUUID()}`;
      const stop = noting(file, [600_000, 0], HOUR);
      await using stage = await threeGuards(slow({hooks: {stop}}));
      await stage.does({type: 'rollback', release: 'r-1'});
      await until(async () => (await runsOf(file)).length === 1);
      const leader = stage.leader();
      leader.signal('SIGTERM');
      expect(await leader.child.ended).toBe(0);
      await stage.until(({state}) => state === 'rolled_back');
      expect(await runsOf(file)).toEqual(['1', '2']);
      oneActsAtATime(stage.commits, NAMES);
    },
  );

  test.concurrent(
    'a step that a guard slept through is not told of twice: the one that acts has the last word',
    async () => {
      const file = `slept-${crypto.randomUUID()}`;
      const stop = noting(file, [1000, 0], 3000);
      await using stage = await threeGuards(slow({hooks: {stop}}));
      await stage.does({type: 'rollback', release: 'r-1'});
      await until(async () => (await runsOf(file)).length === 1);
      const sleeper = stage.leader();
      await until(() => sleeper.roles().at(-1) === 'acting');
      const known = sleeper.roles().length;
      sleeper.signal('SIGSTOP');
      await stage.until(({state}) => state === 'rolled_back');
      sleeper.signal('SIGCONT');
      await until(() => sleeper.roles().length > known);
      const {version} = (await stage.feature.log.head())!;
      expect(await runsOf(file)).toEqual(['1', '2']);
      await stage.does({type: 'alert', alert: 'a-1', level: 'info', message: 'still one log'});
      // Nothing of what it slept through came between.
      expect((await stage.feature.log.head())!.version).toBe(version + 1);
      oneActsAtATime(stage.commits, NAMES);
    },
  );
});
