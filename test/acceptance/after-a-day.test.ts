import {describe, expect, inject, test} from 'vitest';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {emptyPart, encodeTally} from '../../source/analysis/windows/roll-up.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import {openController} from '../../source/controller/controller.ts';
import {openStore} from '../../source/store/open.ts';
import {Stage} from '../guard/stage.ts';
import {eventsOf} from '../guard/watchmen.ts';
import {HOUR, liu, MINUTE, SECOND} from '../release/specification.ts';
import {redisMissing} from '../servers/redis.ts';
import {openConsole, redisPlace} from './place.ts';

const PLAN = `
phases:
  - name: alpha
    percent: 20
    duration: 20h
    criteria: ["error_rate < 1 % over 24h", "response_time_p95 < 1.5x prod over 12h"]
  - {name: all, percent: 100}
guardrails: [{when: "error_rate > 10 %", for: 5m, then: rollback}]
evidence: off
`;
const DAY = 24 * HOUR;

/** What both sides measured in a stretch of time, to the second the same: of gray 3 of 100 requests fail. */
function rolledUp(t: number, ms: number): {t: number; body: string} {
  const parts = (['prod', 'gray'] as const).map(side => {
    const part = emptyPart(side, 'eligible');
    const requests = (side === 'prod' ? 400 : 100) * (ms / SECOND);
    const times = new LogHistogram();
    times.add(side === 'prod' ? 80 : 90, requests);
    part.entries = ms / SECOND;
    part.counters.set('requests', requests).set('errors', requests * (side === 'prod' ? 0.01 : 0.03));
    part.distributions.set('response_time', times);
    return part;
  });
  return {t, body: encodeTally({t, ms, release: 'r-1', parts})};
}

const startOf = (ms: number, unit: number) => Math.floor(ms / unit) * unit;

describe.skipIf(redisMissing)('a day after the start, with raw samples of minutes only', () => {
  test('a guard and a console that come now judge by all of it', async () => {
    await using place = await redisPlace();
    const reading = readPlan(PLAN, 'plan.yaml');
    if (!reading.ok) throw new Error(JSON.stringify(reading.mistakes));
    const store = await openStore(place.redis.url, 'operator', {env: {}});
    await using stage = await Stage.open(place.redis.url);
    const {feature} = stage.controller;
    const {log, rollUps} = store.feature(feature);
    const began = store.now() - DAY - 2 * MINUTE;
    const then = openController({feature, log, now: () => began});
    const start = {type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan: reading.plan} as const;
    await then.execute(start, {by: liu});
    await then.close();
    const now = store.now();
    const stretch = (from: number, to: number, unit: number) =>
      Array.from({length: (to - from) / unit}, (_, index) => rolledUp(from + index * unit, unit));
    await rollUps.write('minutes', stretch(startOf(began, MINUTE), startOf(now, MINUTE), MINUTE), 30 * DAY);
    await rollUps.write('seconds', stretch(startOf(now - HOUR, MINUTE), startOf(now, SECOND), SECOND), HOUR);
    await store.close();
    // It goes on as it was.
    stage.traffic.gray.errors = 0.03;
    stage.traffic.prod.errors = 0.01;

    stage.program = inject('program');
    stage.guard('guard-1');
    const judged = ({code, metric}: {code: string; metric: string | null}) =>
      code === 'criterion_fails' && metric === 'error_rate';
    const {phase, clock} = await stage.until(({verdict}) => verdict?.reasons.some(judged) === true);
    expect({phase, held: clock.held}).toEqual({phase: 0, held: null});
    const {reasons} = eventsOf(stage.commits).findLast(event => event.type === 'verdict-changed')!;
    const [reason] = (reasons as {value: number; samples: number; windowSeconds: number}[]).slice(0, 1);
    expect(reason).toMatchObject({code: 'criterion_fails', threshold: 1, windowSeconds: DAY / SECOND});
    expect(reason!.value).toBeCloseTo(3, 1);
    // A day of a hundred requests a second.
    expect(reason!.samples / (100 * (DAY / SECOND))).toBeCloseTo(1, 2);

    await using console = await openConsole(place, ['--read-only', '--feature', feature], {
      columns: 160,
      rows: 50,
    });
    // The same, judged by a process of its own that only looks.
    await console.until(/wants error rate < 1 %, GRAY 3 % +prod 1 % +8.6\d\d.\d\d\d requests over 24:00:00/u);

    const {window, sides} = (await place.cli.json('status', '--feature', feature, '--window', '24h')) as {
      window: {seconds: number};
      sides: {gray: {requests: number; errorRate: number; responseTime: {p95: number}}};
    };
    expect(window.seconds).toBe(DAY / SECOND);
    expect(sides.gray.requests / (100 * (DAY / SECOND))).toBeCloseTo(1, 2);
    expect(sides.gray.errorRate).toBeCloseTo(3, 1);
    expect(Math.abs(sides.gray.responseTime.p95 - 90)).toBeLessThan(2);
  });
});
