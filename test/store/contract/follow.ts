import {describe, expect, it} from 'vitest';
import {encodeCommit} from '../../../source/store/chain.ts';
import type {Commit} from '../../../source/release/commit.ts';
import {appendMany, appendNext, commitAfter} from '../commits.ts';
import {followLog} from '../followed.ts';
import {newFeature, opener, type Subject} from './subject.ts';

const entry = (commit: Commit) => ({version: commit.version, text: encodeCommit(commit)});

export function followContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('a follower', () => {
    it('gets what is there and then what comes, without gap or repeat', async () => {
      const name = newFeature();
      const feature = (await open('operator')).feature(name);
      const early = await appendMany(feature, 3);
      const followed = followLog((await open('viewer')).feature(name).log);
      await followed.reached(3);
      const late = await appendMany(feature, 20);
      await followed.reached(23);
      expect(followed.news.map(news => news.type)).toEqual(Array.from({length: 23}, () => 'commit'));
      expect(followed.commits()).toEqual([...early, ...late]);
      await followed.stop();
    });

    it('begins with a log that does not exist yet', async () => {
      const name = newFeature();
      const followed = followLog((await open('viewer')).feature(name).log);
      const commit = await appendNext((await open('operator')).feature(name));
      await followed.reached(1);
      expect(followed.commits()).toEqual([commit]);
      await followed.stop();
    });

    it('resumes after the commit it has, however much was written meanwhile', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const commits = await appendMany(feature, 4);
      const first = followLog(feature.log);
      await first.reached(4);
      await first.stop();
      const missed = await appendMany(feature, 300);
      const second = followLog(feature.log, commits[3]);
      await second.reached(304);
      expect(second.commits()).toEqual(missed);
      expect(first.commits()).toEqual(commits);
      await second.stop();
    });

    it('hears nothing after it has stopped', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const stopped = followLog(feature.log);
      await appendNext(feature);
      await stopped.reached(1);
      await stopped.stop();
      const other = followLog(feature.log);
      await appendNext(feature);
      await other.reached(2);
      await other.stop();
      expect(stopped.commits()).toHaveLength(1);
    });

    it('serves routers as it serves consoles', async () => {
      const name = newFeature();
      const router = (await open('router')).feature(name);
      const followed = followLog({...router, read: async () => []});
      const commit = await appendNext((await open('operator')).feature(name));
      await followed.reached(1);
      expect(followed.commits()).toEqual([commit]);
      expect(await router.head()).toEqual(commit);
      await followed.stop();
    });
  });

  describe('a broken log is told of once, and read again from the start', () => {
    async function followedLog(count: number) {
      const feature = (await open('operator')).feature(newFeature());
      const commits = await appendMany(feature, count);
      const followed = followLog(feature.log);
      await followed.reached(count);
      return {feature, commits, followed};
    }

    it('when its tail is lost', async () => {
      const {feature, commits, followed} = await followedLog(6);
      await subject().raw.rewriteLog(feature.feature, commits.slice(0, 4).map(entry));
      await followed.heard('broken');
      await followed.reached(4);
      const next = await appendNext(feature);
      await followed.reached(5);
      expect(followed.commits()).toEqual([...commits.slice(0, 4), next]);
      expect(followed.count('broken')).toBe(1);
      await followed.stop();
    });

    it('when it is deleted, and a writer that remembers it is not let in', async () => {
      const {feature, commits, followed} = await followedLog(3);
      await subject().raw.rewriteLog(feature.feature, []);
      await followed.heard('broken');
      expect(followed.commits()).toEqual([]);
      expect(await feature.log.append(commitAfter(commits[2]!))).toEqual({outcome: 'conflict'});
      expect(await feature.log.head()).toBeNull();
      const first = await appendNext(feature);
      await followed.reached(1);
      expect(followed.commits()).toEqual([first]);
      await followed.stop();
    });

    it('when a deleted log has already grown past where the follower was', async () => {
      const {feature, followed} = await followedLog(2);
      const others: Commit[] = [];
      for (let n = 0; n < 5; n++) others.push(commitAfter(others.at(-1) ?? null));
      await subject().raw.rewriteLog(feature.feature, others.map(entry));
      await followed.heard('broken');
      await followed.reached(5);
      expect(followed.commits()).toEqual(others);
      await followed.stop();
    });

    it('when another commit stands at the newest version, as after a failover', async () => {
      const {feature, commits, followed} = await followedLog(3);
      const rival = commitAfter(commits[1]!);
      await subject().raw.rewriteLog(feature.feature, [...commits.slice(0, 2), rival].map(entry));
      await followed.heard('broken');
      await followed.reached(3);
      expect(followed.commits()).toEqual([...commits.slice(0, 2), rival]);
      expect(await feature.log.append(commitAfter(commits[2]!))).toEqual({outcome: 'conflict'});
      await followed.stop();
    });

    const intruders: [string, (head: Commit) => {version: number; text: string}][] = [
      ['junk', head => ({version: head.version + 1, text: '{"not": "a commit'})],
      ['a commit with a forged parent', head => entry(commitAfter({...head, id: 'forged'}))],
      ['a commit far ahead', head => entry(commitAfter({...head, version: head.version + 1000}))],
      [
        'a commit that lies about its version',
        head => ({version: head.version + 1, text: encodeCommit({...commitAfter(head), version: 99})}),
      ],
    ];
    for (const [what, intruder] of intruders) {
      it(`when ${what} lies at its end; readers pass it over and the next commit puts it aside`, async () => {
        const {feature, commits, followed} = await followedLog(3);
        const head = commits[2]!;
        await subject().raw.rewriteLog(feature.feature, [...commits.map(entry), intruder(head)]);
        await followed.heard('broken');
        await followed.reached(3);
        expect(await feature.log.head()).toEqual(head);
        expect(await feature.log.read(0)).toEqual(commits);
        const rollback = commitAfter(head, {reason: 'a rollback can always be written'});
        expect(await feature.log.append(rollback)).toEqual({outcome: 'written', putAside: true});
        await followed.reached(4);
        expect(followed.commits()).toEqual([...commits, rollback]);
        expect(followed.count('broken')).toBe(1);
        expect((await subject().raw.readLog(feature.feature)).map(({version}) => version)).toEqual([
          1, 2, 3, 4,
        ]);
        const newcomer = followLog(feature.log);
        await newcomer.reached(4);
        expect(newcomer.count('broken')).toBe(0);
        await followed.stop();
        await newcomer.stop();
      });
    }

    it('when a follower opens it and finds junk in its middle', async () => {
      const {feature, commits, followed} = await followedLog(4);
      await followed.stop();
      const entries = commits.map(entry);
      entries[2] = {version: 3, text: 'null'};
      await subject().raw.rewriteLog(feature.feature, entries);
      const newcomer = followLog(feature.log);
      await newcomer.heard('broken');
      await newcomer.reached(2);
      expect(newcomer.count('broken')).toBe(1);
      await newcomer.stop();
    });
  });
}
