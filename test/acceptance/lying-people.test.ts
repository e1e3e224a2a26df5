import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {CONVERTED, FAILED, PeopleNews, SEEN, SLOWEST} from '../../source/analysis/people/wire.ts';
import {Workplace} from '../cli/program.ts';
import {Stage, until} from '../guard/stage.ts';
import {eventsOf} from '../guard/watchmen.ts';
import {Crowd} from '../load/crowd.ts';
import {WELL} from '../load/rule.ts';
import {startSite} from '../load/site.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, SECOND} from '../release/specification.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';

const EVIDENCE = {falseAlarms: 0.01, margin: 0, then: 'rollback'} as const;
/** Letters that a terminal acts on, and direction marks. */
const CONTROLS = '\u001B[31m\u0007\u0000\u202Eu-1\r\n\u009B2J';

/** News of people, as a program writes it that does not care for truth. */
function news(named: number, marks: number, count: number): string {
  const written = new PeopleNews();
  written.named = named;
  for (let n = 1; n <= count; n++) written.push(n * 104_729, marks, 20, 0, 0);
  return written.encode();
}

describe.skipIf(redisMissing)('a release whose samples lie about people', () => {
  let server: RedisServer;
  let cli: Workplace;
  beforeAll(async () => {
    server = await startRedis();
    cli = await Workplace.open(server.url);
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await server.dispose();
  });

  test('is neither stopped nor raised by them; status names what is wrong, and a true fault stops it', async () => {
    await using stage = await Stage.open(server.url);
    stage.program = inject('program');
    stage.traffic.isSilent = true;
    const {feature} = stage.controller;
    await using site = await startSite({store: server.url, features: [feature], mode: 'sdk', seed: 5});
    await using crowd = new Crowd({ports: site.ports, feature, requestsPerSecond: 40, seed: 5});
    const converts = readCondition('conversion_rate > 5 % over 5s', metricBook());
    if (!converts.ok) throw new Error(JSON.stringify(converts.problems));
    const criteria = [{condition: converts.value, dryRun: false}];
    const phases = [phase('alpha', 20, {durationMs: 3 * SECOND, criteria}), phase('all', 100)];
    await stage.start(planOf(phases, {evidence: EVIDENCE}));
    stage.guard('guard-1');
    await stage.guarded();
    const {splitVersion} = stage.controller.snapshot();

    const write = async (fields: Record<string, string | number>): Promise<void> => {
      const here = {release: stage.release.id, split: splitVersion, ...fields};
      const words = Object.entries(here).flatMap(([name, value]) => [name, String(value)]);
      await server.admin.xadd(`graydeck:{${feature}}:metrics`, '*', ...words);
    };
    const lies: Record<string, string | number>[] = [
      {side: 'gray', requests: 0, errors: 0, people: news(0, FAILED, 1)},
      {side: 'gray', requests: 0, errors: 0, people: news(0, SEEN | FAILED, 500)},
      {side: 'gray', requests: 0, people: news(1_000_000, SEEN, 1)},
      {side: 'gray', requests: 0, people: news(1_000_000, SEEN | CONVERTED, 4000)},
      {side: 'prod', requests: 0, people: news(0, SLOWEST, 300)},
      {side: 'gray', requests: 0, people: '~***'},
      {side: 'gray', requests: 0, people: '~'},
      {side: 'prod', requests: 0, people: CONTROLS},
      // Each is one person, and fails for ever.
      {side: 'gray', requests: 1, errors: 1, person: CONTROLS},
      {side: 'gray', requests: 1, errors: 1, person: 'the same'},
      // Sent again and again: counted once.
      {side: 'gray', requests: 1, errors: 1, people: news(1, SEEN | FAILED, 1), instance: 'web-9', seq: 1},
      // Of clocks that jump: of an hour ago, of the last century, of nothing.
      {side: 'gray', requests: 900, errors: 900, people: news(900, SEEN | FAILED, 900), age: HOUR},
      {side: 'gray', requests: 900, errors: 900, age: 1e12},
      {side: 'gray', requests: 900, errors: 900, age: 1e300},
      {side: 'gray', requests: 900, errors: 900, age: -5000},
      // Of what was decided before this release, and of another one.
      {side: 'gray', requests: 900, errors: 900, people: news(900, SEEN | FAILED, 900), split: 0},
      {side: 'gray', requests: 900, errors: 900, people: news(900, SEEN | FAILED, 900), release: 'r-0'},
    ];
    for (let n = 0; n < 3; n++)
      await write({side: 'gray', requests: 1, errors: 1, person: 'x'.repeat(1_000_000)});
    let written = 0;
    const timer = setInterval(() => {
      void write(lies[written++ % lies.length]!).catch(() => undefined);
    }, 60);
    try {
      await until(() => {
        const {rollback} = stage.release;
        if (rollback !== null) throw new Error(`taken back: ${rollback.reason}`);
        return written > 10 * lies.length && crowd.seen.gray > 150;
      });
      expect(stage.release).toMatchObject({state: 'rolling', phase: 0, percent: 20, rollback: null});
      const {stdout, stderr} = await cli.run('status', '--feature', feature, '--json');
      const {faults, verdict} = JSON.parse(stdout) as {
        faults: {code: string}[];
        verdict: {footing: string};
      };
      expect(verdict.footing).toBe('people');
      expect(faults.map(({code}) => code)).toEqual(
        expect.arrayContaining(['people-unreadable', 'people-contradictory']),
      );
      expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]|\u202E/u);
      const seen = eventsOf(stage.commits).flatMap(event =>
        event.type === 'verdict-changed' ? event.reasons.map(({code}) => code) : [],
      );
      expect(seen.filter(code => code.startsWith('evidence'))).toEqual([]);

      site.rule(feature, {prod: WELL, gray: {...WELL, errors: 0.5}, isWatched: true});
      const {rollback} = await stage.until(one => one.rollback !== null);
      expect(rollback?.reason).toContain('gray error rate');
    } finally {
      clearInterval(timer);
    }
  });
});
