import {readFile} from 'node:fs/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Workplace} from './program.ts';

let place: Workplace;
const fixture = (name: string) => readFile(new URL(`../../fixtures/plans/${name}`, import.meta.url), 'utf8');

beforeAll(async () => {
  place = await Workplace.open();
  await place.file('groups.yaml', await fixture('seed-user-groups.yaml'));
  const limits = await fixture('seed-rollback-conditions.yaml');
  await place.file('guide.txt', `# Limits\n\n\`\`\`yaml\n${limits}\`\`\`\n`);
  await place.file('graydeck.yaml', 'metrics: {queue_length: {type: gauge, better: lower}}\n');
  await place.file(
    'queue.yaml',
    'phases: [{name: all, percent: 100}]\nguardrails: [{when: "queue_length > 80", then: pause}]\n',
  );
});

afterAll(() => place[Symbol.asyncDispose]());

describe('a part of a plan', () => {
  test.each(['groups.yaml', 'guide.txt'])(
    '%s is checked by itself, and cannot be started with',
    async name => {
      const checked = await place.run('plan', 'check', name);
      expect(checked).toMatchObject({
        exitCode: 0,
        stdout: `${name}: no mistakes; a part of a plan: a whole plan still needs its phases (phases, ramp or gray_release_plan)`,
      });
      const started = await place.run('start', 'v1', '--feature', 'pay', '--yes', '--plan', name);
      expect(started.exitCode).toBe(2);
      expect(started.stderr).toContain('the plan has no phases');
    },
  );
});

test('plan check knows the metrics of graydeck.yaml, as start does', async () => {
  expect((await place.run('plan', 'check', 'queue.yaml')).exitCode).toBe(0);
  expect(
    (await place.run('start', 'v1', '--feature', 'pay', '--plan', 'queue.yaml', '--dry-run')).exitCode,
  ).toBe(0);
});

describe('plan new', () => {
  test.each([[], ['--from', 'seed-five'], ['--from', 'ramp', '--lang', 'zh']])(
    'prints a plan that can be checked: %j',
    async (...flags) => {
      const printed = await place.run('plan', 'new', ...flags);
      await place.file('new.yaml', printed.stdout);
      expect((await place.run('plan', 'check', 'new.yaml')).stdout).toMatch(
        /^new\.yaml: no mistakes, \d+ phases$/u,
      );
    },
  );

  test('of a name that is not there names those that are', async () => {
    const {exitCode, stderr} = await place.run('plan', 'new', '--from', 'seed-six');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--from seed-four|seed-five|ramp');
  });
});

test('schema prints the JSON Schema that the package holds', async () => {
  const {exitCode, stdout} = await place.run('schema', 'project');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({type: 'object', additionalProperties: false});
});
