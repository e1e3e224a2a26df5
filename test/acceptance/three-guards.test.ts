import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {Stage, until} from '../guard/stage.ts';
import {eventsOf, oneActsAtATime, type Watchman} from '../guard/watchmen.ts';
import {phase, planOf} from '../release/plans.ts';
import {SECOND} from '../release/specification.ts';
import {runFile} from '../store/child.ts';
import {openStore} from '../../source/store/open.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';

const PHASE_MS = 7 * SECOND;
/** Writes down which run it is and for which epoch; the first takes almost as long as it may. */
const SCRIPT = `
  const {GRAYDECK_ATTEMPT: attempt, GRAYDECK_EPOCH: epoch} = process.env;
  require('fs').appendFileSync(process.argv[1], attempt + ' ' + epoch + '\\n');
  setTimeout(() => {}, attempt === '1' ? 4000 : 0);
`;

function planWith(file: string) {
  const when = readCondition('error_rate > 10 % over 2s', metricBook());
  if (!when.ok) throw new Error(JSON.stringify(when.problems));
  const phases = [5, 20, 50, 100].map(percent => phase(`to ${percent} %`, percent, {durationMs: PHASE_MS}));
  return planOf(phases, {
    guardrails: [{when: when.value, forMs: 0, then: 'rollback', level: 'critical'}],
    hooks: {stop: {argv: [process.execPath, '-e', SCRIPT, file], timeoutMs: 5 * SECOND, check: null}},
  });
}

describe.skipIf(redisMissing)('of three guards', () => {
  let server: RedisServer;
  let folder: string;
  beforeAll(async () => {
    [server, folder] = await Promise.all([startRedis(), mkdtemp(join(tmpdir(), 'graydeck-three-'))]);
  });
  afterAll(async () => {
    await server.dispose();
    await rm(folder, {recursive: true});
  });

  const ORDERS: [string, (turn: number) => NodeJS.Signals][] = [
    ['kill -9 first, then a stop', turn => (turn % 2 === 0 ? 'SIGKILL' : 'SIGSTOP')],
    ['a stop first, then kill -9', turn => (turn % 2 === 0 ? 'SIGSTOP' : 'SIGKILL')],
  ];

  test.concurrent.each(ORDERS)(
    'one acts at a time, whichever is hit in whichever phase and in the middle of the rollback: %s',
    async (order, signalOf) => {
      const file = join(folder, order);
      await using stage = await Stage.open(server.url);
      stage.program = inject('program');
      await stage.start(planWith(file));
      const names = ['guard-1', 'guard-2', 'guard-3'];
      for (const name of names) stage.guard(name);
      let {epoch} = await stage.guarded();

      /** Hits the guard that acts; resolves once the next one does, and three are there again. */
      const hit = async (turn: number): Promise<void> => {
        const leader: Watchman = stage.leader();
        await until(() => leader.roles().at(-1) === 'acting');
        const signal = signalOf(turn);
        leader.signal(signal);
        const next = await stage.guarded(epoch);
        ({epoch} = next);
        expect(next.name).not.toBe(leader.name);
        if (signal === 'SIGKILL') {
          names.push(`guard-${names.length + 1}`);
          stage.guard(names.at(-1)!);
        } else {
          leader.signal('SIGCONT');
          await until(() => leader.roles().at(-1) === 'standing-by');
        }
      };

      for (let turn = 0; turn < 4; turn++) {
        await stage.until(release => release.phase === turn);
        await hit(turn);
      }
      stage.traffic.gray.errors = 0.6;
      await until(async () => (await readFile(file, 'utf8').catch(() => '')) !== '');
      const rollback = stage.release.rollback!;
      const {epoch: rollbackEpoch} = await stage.guarded();
      await hit(4);
      const release = await stage.until(({state}) => state === 'rolled_back');

      oneActsAtATime(stage.commits, names);
      expect(names).toContain(rollback.by);
      expect(release).toMatchObject({percent: 0});
      const entered = eventsOf(stage.commits).flatMap(event =>
        event.type === 'phase-entered' ? [event.percent] : [],
      );
      expect(entered).toEqual([5, 20, 50, 100]);
      expect(eventsOf(stage.commits).filter(({type}) => type === 'rollback-started')).toHaveLength(1);
      // Who was hit in it could not tell of it; the next one ran it again, and nobody after that.
      expect((await readFile(file, 'utf8')).trim().split('\n')).toEqual([
        `1 ${rollbackEpoch}`,
        `2 ${rollbackEpoch + 1}`,
      ]);
      expect(release.steps.find(({id}) => id === 'rollback.stop')).toMatchObject({
        state: 'done',
        attempts: 2,
      });
    },
  );

  test.concurrent(
    'the one that acts soon sees through the rollback of a process that was killed while it waited for a router',
    async () => {
      await using stage = await Stage.open(server.url);
      const {feature} = stage.controller;
      stage.program = inject('program');
      const {hooks: _, ...plan} = planWith('');
      await stage.start({...plan, hooks: {}});
      stage.guard('guard-1');
      await stage.guarded();
      const edge = await openStore(server.url, 'router', {env: {}});
      try {
        const router = {name: 'nginx edge-1', kind: 'nginx', release: 'r-1', boundMs: 3 * SECOND} as const;
        await edge.feature(feature).report({...router, version: 1, percent: 5, live: true});
        const person = runFile(inject('program'), ['rollback', '--feature', feature], {
          GRAYDECK_STORE: server.url,
        });
        const traffic = (state: string) =>
          stage.until(({steps}) => steps.some(step => step.name === 'traffic' && step.state === state));
        await traffic('running');
        person.process.kill('SIGKILL');
        const {version} = (await stage.feature.log.head())!;
        await edge.feature(feature).report({...router, version, percent: 0, live: false});
        // The runner that is dead would be waited for until its deadline, which no test has the patience for.
        const {steps} = await stage.until(({state}) => state === 'rolled_back');
        const step = steps.find(({name}) => name === 'traffic')!;
        expect(step).toMatchObject({state: 'done', attempts: 2, facts: {confirmed: 1}});
        expect(step.by).toMatch(/^guard-1, /u);
      } finally {
        await edge.close();
      }
    },
  );
});
