import {describe, expect, it, type TestContext} from 'vitest';
import type {Commit} from '../../../source/release/commit.ts';
import {appendMany, appendNext, commitAfter} from '../commits.ts';
import {runProgram} from '../child.ts';
import {followLog} from '../followed.ts';
import {newFeature, opener, type Subject, type Suffering} from './subject.ts';
import {eventually} from '../../patience.ts';

const RACE = 500;

/** Commits from 1 on without a gap, each naming the one before. */
function expectSound(log: Commit[]): void {
  expect(log.map(commit => commit.version)).toEqual(log.map((_, n) => n + 1));
  expect(log.map(commit => commit.parent)).toEqual([null, ...log.slice(0, -1).map(commit => commit.id)]);
}

const idsOf = (lines: string[]) => lines.slice(1).map(line => line.split(' ')[1]);

export function processContract(subject: () => Subject): void {
  const open = opener(subject);
  const run = (program: string, feature: string, ...more: string[]) =>
    runProgram(program, [subject().address, feature, ...more], subject().env);

  describe('several processes', () => {
    it(`race with ${RACE} commits each and lose none, repeat none, leave no gap`, async () => {
      const name = newFeature();
      const feature = (await open('operator')).feature(name);
      const followed = followLog((await open('viewer')).feature(name).log);
      const writers = [run('append', name, String(RACE)), run('append', name, String(RACE))];
      await Promise.all(writers.map(writer => writer.printed(1)));
      for (const writer of writers) writer.tell('go');
      expect(await Promise.all(writers.map(writer => writer.ended))).toEqual([0, 0]);
      const log = await feature.log.read(0);
      expectSound(log);
      const ids = writers.flatMap(writer => idsOf(writer.lines));
      expect(ids).toHaveLength(2 * RACE);
      expect(new Set(log.map(commit => commit.id))).toEqual(new Set(ids));
      // Else they wrote one after the other, and nothing was proved.
      const turns = log.filter((commit, n) => commit.by !== log[n - 1]?.by);
      expect(turns.length).toBeGreaterThan(10);
      await followed.reached(2 * RACE);
      expect(followed.news).toEqual(log.map(commit => ({type: 'commit', commit})));
      await followed.stop();
    });

    it('may be killed between any two instructions: what was told as written is there', async () => {
      const name = newFeature();
      const feature = (await open('operator')).feature(name);
      const told: (string | undefined)[] = [];
      for (const after of [2, 9, 23, 40]) {
        const writer = run('append', name, '100000');
        writer.tell('go');
        await writer.printed(after);
        writer.process.kill('SIGKILL');
        expect(await writer.ended).toBe('SIGKILL');
        told.push(...idsOf(writer.lines).filter(id => id?.length === 36));
        await appendNext(feature);
      }
      const log = await feature.log.read(0);
      expectSound(log);
      expect(log.map(commit => commit.id)).toEqual(expect.arrayContaining(told));
      // Each of the four may have written one commit more than it could tell, and four are ours.
      expect(log.length - told.length).toBeLessThanOrEqual(8);
    });

    it('may be stopped inside their work and continued', async () => {
      const name = newFeature();
      const feature = (await open('operator')).feature(name);
      const writer = run('append', name, '150');
      writer.tell('go');
      for (const after of [20, 60, 100]) {
        await writer.printed(after);
        writer.process.kill('SIGSTOP');
        // Where the writer was stopped with the lock in its hand, this has to wait until it goes on.
        const ours = appendMany(feature, 3);
        setTimeout(() => writer.process.kill('SIGCONT'), 200);
        expect(await ours).toHaveLength(3);
      }
      expect(await writer.ended).toBe(0);
      const log = await feature.log.read(0);
      expectSound(log);
      expect(log).toHaveLength(150 + 9);
    });

    it('learn of a conflict when they were stopped between reading and writing', async () => {
      const name = newFeature();
      const feature = (await open('operator')).feature(name);
      await appendNext(feature);
      const sleeper = run('append-when-told', name);
      await sleeper.printed(1);
      sleeper.process.kill('SIGSTOP');
      sleeper.tell('written before the sleep, sent after it');
      const meanwhile = await appendNext(feature);
      sleeper.process.kill('SIGCONT');
      await sleeper.printed(2);
      expect(sleeper.lines[1]).toBe('conflict');
      expect(await feature.log.head()).toEqual(meanwhile);
      sleeper.process.stdin?.end();
      expect(await sleeper.ended).toBe(0);
    });
  });

  describe('a store that fails for a while', () => {
    it('is told of as away, then as back, and nothing is missed', async context => {
      const away = need(context, 'away');
      const name = newFeature();
      const feature = (await open('operator')).feature(name);
      const [first] = await appendMany(feature, 1);
      const followed = followLog((await open('viewer')).feature(name).log);
      await followed.reached(1);
      await away.begin();
      await followed.heard('away');
      await eventually(async () => expect((await feature.log.head().catch(() => null)) ?? null).toBeNull());
      await away.end();
      await followed.heard('back');
      const second = await eventually(() => appendNext(feature));
      await followed.reached(2);
      expect(followed.commits()).toEqual([first, second]);
      expect(followed.count('broken')).toBe(0);
      await followed.stop();
    });

    it('does not make a writer take its own commit for a rival', async context => {
      const lossy = need(context, 'lostReply');
      const name = newFeature();
      const store = await lossy.open();
      const feature = store.feature(name);
      const head = await appendNext(feature);
      const commit = commitAfter(head);
      lossy.loseNext();
      expect(await feature.log.append(commit)).toEqual({outcome: 'written'});
      expect(await feature.log.read(0)).toEqual([head, commit]);
      await store.close();
    });
  });

  /** The means to make the store suffer; where it cannot, the test is skipped and the report says why. */
  function need<S extends Suffering>(context: TestContext, suffering: S): NonNullable<Subject[S]> {
    const means = subject()[suffering];
    if (means !== undefined) return means;
    const reason = subject().cannot[suffering];
    if (reason === undefined) throw new Error(`${suffering} is neither provoked nor declared impossible`);
    return context.skip(`not with ${subject().name}: ${reason}`);
  }
}
