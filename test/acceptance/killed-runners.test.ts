import {describe, expect, test} from 'vitest';
import {connect} from '../../source/sdk/index.ts';
import {httpReceiver} from '../notify/receivers.ts';
import {openStore} from '../../source/store/open.ts';
import {startProxy} from '../servers/proxy.ts';
import {redisMissing, startRedis} from '../servers/redis.ts';
import {
  breachesIn,
  COMPLETE,
  count,
  NEXT,
  RETRY,
  ROLLBACK,
  stage,
  START,
  stepOf,
  stepStateOf,
  type Hooked,
} from './runbook-place.ts';
import {eventually} from '../patience.ts';

const CHANNEL = 'channels: {slack: {url: {file: webhook}}}\n';

/** Runners are waited for until their deadline, routers for a minute. */

/** Each run of a release: what goes before, who begins it, who takes it up, its steps, and where it ends. */
const RUNS = [
  {
    name: 'a start',
    before: [],
    by: START,
    again: RETRY,
    steps: ['deploy.backup', 'deploy.deploy', 'deploy.before'],
    hooks: ['backup', 'deploy', 'first'],
    ends: 'rolling',
  },
  {
    name: 'a way into a phase',
    before: [START],
    by: NEXT,
    again: RETRY,
    steps: ['phase-2.after', 'phase-2.before'],
    hooks: ['after', 'before'],
    ends: 'rolling',
  },
  {
    name: 'a promotion',
    before: [START],
    by: COMPLETE,
    again: COMPLETE,
    steps: ['promotion.traffic', 'promotion.promote', 'promotion.verify'],
    hooks: ['promote', 'verify', 'cleanup'],
    ends: 'completed',
  },
  {
    name: 'the end of a promotion',
    before: [START],
    by: COMPLETE,
    again: COMPLETE,
    steps: ['promotion.traffic-to-prod', 'promotion.cleanup'],
    hooks: ['promote', 'verify', 'cleanup'],
    ends: 'completed',
  },
  {
    name: 'a rollback of what was promoted',
    before: [START, COMPLETE],
    by: ROLLBACK,
    again: ROLLBACK,
    steps: ['rollback.traffic', 'rollback.demote', 'rollback.stop'],
    hooks: ['demote', 'stop', 'restore'],
    ends: 'rolled_back',
  },
  {
    name: 'the end of a rollback',
    before: [START],
    by: ROLLBACK,
    again: ROLLBACK,
    steps: ['rollback.restore', 'rollback.notify', 'rollback.snapshot'],
    hooks: ['stop', 'restore'],
    ends: 'rolled_back',
  },
] as const satisfies {hooks: readonly Hooked[]; [more: string]: unknown}[];

/** When a runner dies: it has begun the step, or has done it and nobody else knows; then a check spares a second run. */
const MOMENTS = [
  {moment: 'right after it has begun', event: 'step-started', isCarriedOut: true},
  {moment: 'right before it can tell that it is done', event: 'step-ended', isCarriedOut: false},
] as const;

const STORIES = RUNS.flatMap(run => MOMENTS.map(moment => ({...run, ...moment})));

describe.skipIf(redisMissing)('kill -9 of whoever runs', () => {
  test.concurrent.each(STORIES)(
    '$name, in each of its steps, $moment: the next one goes on, and nothing is done twice',
    async ({before, by, again, steps, hooks, ends, event, isCarriedOut}) => {
      const redis = await startRedis();
      const proxy = await startProxy(redis);
      await using receiver = await httpReceiver();
      await using stand = await stage({
        store: redis.url,
        hasCheck: !isCarriedOut,
        hasPhaseHooks: true,
        timeout: '1s',
      });
      await stand.place.file('graydeck.yaml', CHANNEL);
      await stand.place.file('webhook', `${receiver.url}/slack\n`);
      const deck = await connect({store: redis.url, instance: 'app-1', stateFolder: stand.place.folder});
      deck.feature('pay');
      const env = {GRAYDECK_STORE: `redis://127.0.0.1:${proxy.port}/0`};
      try {
        for (const argv of before) expect(await stand.run(argv)).toMatchObject({exitCode: 0});
        for (const [index, step] of steps.entries()) {
          const words = new RegExp(`"type":"${event}","release":"[^"]+","step":"${step}"`, 'u');
          const held = proxy.holdAt(words, {isCarriedOut});
          const runner = stand.place.start(index === 0 ? by : again, {env});
          const isFirst = await Promise.race([held.then(() => true), runner.then(() => false)]);
          expect({step, isFirst}).toEqual({step, isFirst: true});
          await eventually(async () =>
            expect(stepOf((await stand.look()).release, step).state).toBe('running'),
          );
          runner.kill('SIGKILL');
          await runner;
          proxy.release();
          const {release, commits} = await stand.look();
          expect(stepOf(release, step).state).toBe('running');
          expect(by === ROLLBACK && commits.at(-1)!.split.live).toBe(false);
        }
        expect(await stand.run(again)).toMatchObject({exitCode: 0});
        const {release, commits} = await stand.look();
        expect(release.state).toBe(ends);
        for (const step of steps)
          expect({step, ...stepOf(release, step)}).toMatchObject({step, state: 'done', attempts: 2});
        const ran = await stand.ran();
        for (const hook of hooks)
          expect({hook, times: count(ran, `${hook} begins`)}).toEqual({hook, times: 1});
        expect(breachesIn(commits)).toEqual([]);
        if (by !== ROLLBACK) return;
        const told = receiver.posted.filter(({body}) => body.includes('ROLLBACK'));
        const [first, ...more] = told;
        expect(first!.body).not.toContain('may be a repeat');
        for (const {body} of more) expect(body).toContain('may be a repeat');
      } finally {
        await deck.close();
        await proxy.close();
        await redis.dispose();
      }
    },
  );

  test.concurrent.each([
    {name: 'a rollback', argv: ROLLBACK, ends: {state: 'rolled_back', phase: 0}},
    {
      name: 'a person with a reason',
      argv: [...NEXT, '--reason', 'looked at it'],
      ends: {state: 'rolling', phase: 1},
    },
  ])('a gate keeps $name no moment waiting for one that asked it', async ({argv, ends}) => {
    await using stand = await stage();
    const gate = '{argv: [test, -f, open], timeout: 1s}';
    await stand.place.file(
      'plan.yaml',
      `phases: [{name: some, percent: 20, confirm: ${gate}}, {name: all, percent: 50}]\ncomplete: manual\n` +
        'hooks: {stop: [./hook.sh, stop]}\n',
    );
    expect(await stand.run(START)).toMatchObject({exitCode: 0});
    const asking = stand.place.start(NEXT);
    await eventually(async () => expect(stepStateOf(await stand.look(), 'phase-2.confirm')).toBe('running'));
    asking.kill('SIGKILL');
    await asking;
    // Its runner would be waited for until five minutes have passed: longer than a test may last.
    expect(await stand.run(argv)).toMatchObject({exitCode: 0});
    expect((await stand.look()).release).toMatchObject(ends);
  });
});

/** Steps of Graydeck's own that wait for routers, and where the release stands once one of these did not move. */
const TRAFFIC = [
  {step: 'promotion.traffic', by: COMPLETE, stands: 'failed', live: true, ends: 'completed'},
  {step: 'promotion.traffic-to-prod', by: COMPLETE, stands: 'failed', live: false, ends: 'completed'},
  {step: 'rollback.traffic', by: ROLLBACK, stands: 'rolled_back', live: false, ends: 'rolled_back'},
] as const;

describe.skipIf(redisMissing)('a step of its own that fails', () => {
  test.concurrent.each(TRAFFIC)(
    '$step, by a router that is heard and does not move: the release stands where it should, and a retry ends it',
    async ({step, by, stands, live, ends}) => {
      const redis = await startRedis();
      await using stand = await stage({store: redis.url});
      const store = await openStore(redis.url, 'router');
      expect(await stand.run(START)).toMatchObject({exitCode: 0});
      let isStuck = true;
      const tell = async () => {
        const {release, commits} = await stand.look();
        const {split, version} = commits.at(-1)!;
        const isThere = !isStuck || stepStateOf({release}, step) !== 'running';
        const {percent} = split;
        const at = {version: isThere ? version : 1, release: split.release, percent, live: split.live};
        await store.feature('pay').report({name: 'sdk web-1', kind: 'sdk', ...at, boundMs: 1000});
      };
      await tell();
      const telling = setInterval(() => void tell().catch(() => undefined), 500);
      try {
        const failed = await stand.run(by);
        expect(failed).toMatchObject({exitCode: 1});
        expect(failed.stderr).toContain(`→ graydeck retry ${step}`);
        const {release, commits} = await stand.look();
        expect({state: release.state, live: commits.at(-1)!.split.live}).toEqual({state: stands, live});
        expect(stepOf(release, step).error).toBe('still at an older split: sdk web-1');
        isStuck = false;
        // The router has moved, and has said so, before anyone retries.
        await tell();
        const {exitCode, stderr} = await stand.run(RETRY);
        expect({exitCode, said: exitCode === 0 ? '' : stderr}).toEqual({exitCode: 0, said: ''});
        const after = await stand.look();
        expect(after.release.state).toBe(ends);
        expect(breachesIn(after.commits)).toEqual([]);
      } finally {
        clearInterval(telling);
        await store.close();
        await redis.dispose();
      }
    },
  );

  test.concurrent(
    'rollback.notify, by a channel that answers with faults: everybody is at prod, and a retry tells people',
    async () => {
      let isBroken = true;
      await using receiver = await httpReceiver(response => {
        response.statusCode = isBroken ? 503 : 200;
        response.end(isBroken ? '' : 'ok');
      });
      await using stand = await stage();
      await stand.place.file('graydeck.yaml', CHANNEL);
      await stand.place.file('webhook', `${receiver.url}/slack\n`);
      await stand.run(START);
      const failed = await stand.run(ROLLBACK);
      expect(failed).toMatchObject({exitCode: 1});
      expect(failed.stderr).toContain('→ graydeck retry rollback.notify');
      const {release} = await stand.look();
      expect(release.state).toBe('rolled_back');
      expect(stepOf(release, 'rollback.notify').error).toContain('slack 503');
      isBroken = false;
      expect(await stand.run(RETRY)).toMatchObject({exitCode: 0});
      const after = await stand.look();
      expect(after.release.state).toBe('rolled_back');
      expect(stepOf(after.release, 'rollback.notify')).toMatchObject({state: 'done', facts: {told: 1}});
      expect(breachesIn(after.commits)).toEqual([]);
    },
  );
});
