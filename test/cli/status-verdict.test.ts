import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import type {OperatorStore} from '../../source/store/port.ts';
import {Workplace} from './program.ts';

const PLAN = `phases:
  - {name: alpha, percent: 20, duration: 1h}
  - {name: all, percent: 100}
evidence: off
guardrails:
  - {when: "error_rate > 10 % over 1m min 10 requests", then: rollback}
`;

let place: Workplace;
let store: OperatorStore;
beforeAll(async () => {
  place = await Workplace.open();
  await place.file('plan.yaml', PLAN);
  await place.run('start', 'v2', '--over', 'v1', '--feature', 'pay', '--plan', 'plan.yaml', '--yes');
  store = await openStore(place.store, 'operator', {env: {}});
});
afterAll(async () => {
  await store.close();
  await place[Symbol.asyncDispose]();
});

interface Status {
  guard: string | null;
  verdict: {action: string; reasons: {code: string; metric: string | null; value: number; samples: number}[]};
}

describe('status, where nobody guards', () => {
  test('judges by itself, as a guard would, and leaves nothing behind', async () => {
    const {samples, rollUps, log} = store.feature('pay');
    const entries = (errors: number) => [
      `side prod requests 80 errors 1`.split(' '),
      `side gray requests 20 errors ${errors}`.split(' '),
    ];
    for (let second = 0; second < 4; second++) await samples.write(entries(12));
    const head = await log.head();
    await expect
      .poll(async () => (JSON.parse((await place.run('status', '--json')).stdout) as Status).verdict)
      .toMatchObject({
        action: 'rollback',
        reasons: [{code: 'guardrail', metric: 'error_rate', value: 60, samples: 80}],
      });
    const {stdout} = await place.run('status');
    expect(stdout).toMatch(
      /VERDICT ROLLBACK {2}not acted on: no guard\n {4}gray error rate 60 %, passes at 10 % or less/,
    );
    expect(await log.head()).toEqual(head);
    expect(await rollUps.read('minutes', 0)).toEqual([]);
  });

  test('says nothing of what is over', async () => {
    await place.run('rollback');
    const {stdout} = await place.run('status');
    expect(stdout).toContain('ROLLED BACK');
    expect(stdout).not.toMatch(/VERDICT|not judged/);
  });
});
