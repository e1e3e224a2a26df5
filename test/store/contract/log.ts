import {describe, expect, it} from 'vitest';
import {appendMany, appendNext, commitAfter} from '../commits.ts';
import {followLog} from '../followed.ts';
import {newFeature, opener, type Subject} from './subject.ts';

export function logContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('the log', () => {
    it('is empty before the first commit', async () => {
      const {log} = (await open('operator')).feature(newFeature());
      expect(await log.head()).toBeNull();
      expect(await log.read(0)).toEqual([]);
    });

    it('gives back every commit whole and in order', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const commits = await appendMany(feature, 5);
      expect(await feature.log.read(0)).toEqual(commits);
      expect(await feature.log.read(3)).toEqual(commits.slice(3));
      expect(await feature.log.read(5)).toEqual([]);
      expect(await feature.log.read(9)).toEqual([]);
      expect(await feature.log.head()).toEqual(commits[4]);
    });

    it('keeps features apart', async () => {
      const store = await open('operator');
      const [one, other] = [store.feature(newFeature()), store.feature(newFeature())];
      await appendMany(one, 3);
      const [only] = await appendMany(other, 1);
      expect(await other.log.read(0)).toEqual([only]);
    });

    it('lets the first of two writers win and tells the second of the conflict', async () => {
      const name = newFeature();
      const [liu, chen] = [(await open('operator')).feature(name), (await open('operator')).feature(name)];
      const head = await appendNext(liu);
      const [first, second] = [commitAfter(head), commitAfter(head)];
      expect(await liu.log.append(first)).toEqual({outcome: 'written'});
      expect(await chen.log.append(second)).toEqual({outcome: 'conflict'});
      expect(await chen.log.head()).toEqual(first);
    });

    it('refuses a commit that skips ahead', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const head = await appendNext(feature);
      const ahead = commitAfter({...head, version: head.version + 7});
      expect(await feature.log.append(ahead)).toEqual({outcome: 'conflict'});
      expect(await feature.log.read(0)).toEqual([head]);
    });

    it('refuses a commit whose parent is another than the head', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const head = await appendNext(feature);
      const stranger = commitAfter({...head, id: 'somebody-else'});
      expect(await feature.log.append(stranger)).toEqual({outcome: 'conflict'});
      expect(await feature.log.read(0)).toEqual([head]);
    });

    it('refuses a first commit when there is one, and a later one when there is none', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const orphan = commitAfter(commitAfter(null));
      expect(await feature.log.append(orphan)).toEqual({outcome: 'conflict'});
      expect(await feature.log.head()).toBeNull();
      await appendNext(feature);
      expect(await feature.log.append(commitAfter(null))).toEqual({outcome: 'conflict'});
      expect(await feature.log.read(0)).toHaveLength(1);
    });

    it('knows its own commit when it is handed in again, and holds it once', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const first = await appendNext(feature);
      const commit = commitAfter(first);
      expect(await feature.log.append(commit)).toEqual({outcome: 'written'});
      expect(await feature.log.append(commit)).toEqual({outcome: 'written'});
      await appendNext(feature);
      expect(await feature.log.append(commit)).toEqual({outcome: 'written'});
      expect(await feature.log.read(0)).toHaveLength(3);
    });

    it('serves one process writing from many places at once', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const written = await Promise.all(Array.from({length: 12}, () => appendNext(feature)));
      const log = await feature.log.read(0);
      expect(log.map(commit => commit.version)).toEqual(written.map((_, n) => n + 1));
      expect(new Set(log.map(commit => commit.id))).toEqual(new Set(written.map(commit => commit.id)));
    });

    it('keeps an event that this version does not know, with all it holds', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const unknown = {type: 'moon-landed', ignorable: true, crew: ['a', {b: 2}]};
      const commit = await appendNext(feature, {events: [unknown]});
      expect((await feature.log.head())?.events).toEqual([unknown]);
      const followed = followLog(feature.log);
      await followed.reached(1);
      expect(followed.commits()).toEqual([commit]);
      await followed.stop();
    });

    it('keeps a reason of a megabyte, and any characters', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const reason = '灰度 \u0000 \u001B[31m "{}" '.repeat(50_000);
      await appendNext(feature, {reason});
      expect((await feature.log.head())?.reason).toBe(reason);
    });

    it('lists a feature once it has a commit', async () => {
      const store = await open('operator');
      const name = newFeature();
      await store.feature(name).log.head();
      expect(await store.features()).not.toContain(name);
      await appendMany(store.feature(name), 2);
      const names = await (await open('viewer')).features();
      expect(names.filter(other => other === name)).toEqual([name]);
    });

    it('is still there after a restart, and goes on where it ended', async () => {
      const name = newFeature();
      const before = await subject().open('operator');
      const commits = await appendMany(before.feature(name), 3);
      await before.close();
      await subject().restart?.();
      const feature = (await open('operator')).feature(name);
      expect(await feature.log.read(0)).toEqual(commits);
      expect((await appendNext(feature)).version).toBe(4);
    });
  });
}
