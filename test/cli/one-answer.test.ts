import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {errorOf, Workplace} from './program.ts';

const PLAN = `
phases: [{name: half, percent: 50, duration: 1h}, {name: all, percent: 100}]
guardrails: [{when: "queue_length > 5", then: pause}]
`;
const CONFIG = 'metrics:\n  queue_length: {type: gauge, unit: count, better: lower}\n';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
  await place.file('plan.yaml', PLAN);
  await place.file('other.yaml', `feature: new_payment\n${PLAN}`);
  await place.file('graydeck.yaml', CONFIG);
});
afterAll(() => place[Symbol.asyncDispose]());

test('a metric of graydeck.yaml is known to every verb that reads a plan', async () => {
  for (const argv of [
    ['plan', 'check', 'plan.yaml'],
    ['plan', 'show', 'plan.yaml'],
    ['start', 'v2', '--over', 'v1', '--feature', 'checkout', '--plan', 'plan.yaml', '--dry-run'],
    ['judge', '--plan', 'plan.yaml'],
  ])
    expect({argv, ...(await place.run(...argv))}).toMatchObject({argv, exitCode: 0});
  // A store that is named by a variable which is not set is nothing that a plan is about.
  await place.file('with-store.yaml', `store: redis://\${NOT_SET}:6379\n${CONFIG}`);
  expect((await place.run('plan', 'check', 'plan.yaml', '--config', 'with-store.yaml')).exitCode).toBe(0);
  const unknown = await place.runWith(
    {},
    'plan',
    'check',
    'plan.yaml',
    '--config',
    await place.file('none.yaml', ''),
  );
  expect(unknown.exitCode).toBe(2);
});

test('a plan of another feature starts nothing', async () => {
  const start = (...more: string[]) =>
    place.run('start', 'v2', '--over', 'v1', '--plan', 'other.yaml', '--yes', '--no-wait', ...more);
  const refused = await start('--feature', 'checkout');
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(
    'other.yaml is for the feature new_payment, and the release would be of checkout',
  );
  expect(refused.stderr).toContain('--feature new_payment');
  await place.file('configured.yaml', `${CONFIG}features: {checkout: {plan: other.yaml}}\n`);
  const configured = [
    'start',
    'v2',
    '--feature',
    'checkout',
    '--config',
    'configured.yaml',
    '--yes',
    '--no-wait',
  ];
  expect((await place.run(...configured)).exitCode).toBe(2);
  expect((await start('--feature', 'new_payment')).exitCode).toBe(0);
});

describe('a feature that the store does not know', () => {
  test.each([
    ['status'],
    ['log'],
    ['report'],
    ['explain', 'u-1'],
    ['split', 'render'],
    ['wait', '--for', 'completed', '--timeout', '1s'],
    ['audience', 'show'],
    ['feedback', 'stats'],
    ['record', 'recording'],
  ])('is a slip to %s %s', async (...argv) => {
    await place.run('start', 'v2', '--over', 'v1', '--feature', 'new_payment', '--yes', '--no-wait');
    const {exitCode, stderr} = await place.run(...argv, '--feature', 'new_paymet');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the store knows no feature new_paymet: did you mean new_payment?');
    const json = await place.run(...argv, '--feature', 'new_paymet', '--json');
    expect({code: json.exitCode, error: errorOf(json)}).toMatchObject({code: 2, error: {code: 'no-feature'}});
  });
});

test('a rollback that no router confirms says so on the command line, in JSON and in the report', async () => {
  const feature = ['--feature', 'lonely'];
  await place.run('start', 'v2', '--over', 'v1', ...feature, '--plan', 'plan.yaml', '--yes');
  const {stdout} = await place.run('rollback', '--yes', ...feature);
  expect(stdout).toContain('written; no router confirms it');
  expect(stdout).not.toContain('prod for everyone in');
  const {stdout: report} = await place.run('report', ...feature);
  expect(report).toContain('It was written; no router confirms it.');
  expect(report).not.toMatch(/for everyone in|0 of 0/u);
  await place.run('start', 'v3', '--over', 'v1', ...feature, '--plan', 'plan.yaml', '--yes');
  expect(await place.json('rollback', '--yes', ...feature)).toMatchObject({ms: null, routers: {known: 0}});
});
