import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {expect, onTestFinished, test, vi} from 'vitest';
import {hookPerformer} from '../../source/steps/hook.ts';
import type {Hook} from '../../source/release/plan.ts';
import type {Release, Step} from '../../source/release/state.ts';
import type {KeptOutput, StepOutput} from '../../source/release/step.ts';

const release = {
  id: 'r-1',
  version: 'v1.1.0',
  over: 'v1.0.9',
  phase: 0,
  percent: 5,
  plan: {phases: [{name: 'alpha'}], hooks: {restore: {argv: ['true'], timeoutMs: 60_000, check: null}}},
} as Release;
const step = {id: 'rollback.stop', run: 'rollback', name: 'stop', state: 'running', attempts: 0} as Step;

/** An output store in memory that can be away. */
function shelf() {
  const kept: KeptOutput[] = [];
  let isAway = false;
  return {
    kept,
    goAway: () => void (isAway = true),
    write(output: StepOutput) {
      if (isAway) return Promise.reject(new Error('the store is away'));
      kept.push({...output, at: 1000});
      return Promise.resolve();
    },
    read: () => (isAway ? Promise.reject(new Error('the store is away')) : Promise.resolve(kept)),
  };
}

function run(hook: Partial<Hook>, attempts = 0, outputs = shelf(), of: Partial<Step> = {}) {
  const whole = {argv: ['true'], timeoutMs: 60_000, check: null, ...hook};
  const signal = new AbortController().signal;
  const performer = hookPerformer(whole, {feature: 'new_payment', epoch: 3, outputs});
  return performer.perform({...step, attempts, ...of}, {release, signal});
}

const BACKUP = {id: 'deploy.backup', run: 'deploy', name: 'backup'} as const;
const RESTORE = {id: 'rollback.restore', name: 'restore'} as const;

const node = (program: string) => [process.execPath, '-e', program];

test('exit code 0 means done, and the environment describes the step', async () => {
  const asks = `const e = process.env; process.exit(e.GRAYDECK_VERSION === 'v1.1.0' && e.GRAYDECK_STEP === 'rollback.stop' && e.GRAYDECK_EPOCH === '3' && e.GRAYDECK_PHASE === 'alpha' ? 0 : 9)`;
  expect(await run({argv: node(asks)})).toEqual({outcome: 'done'});
});

test('another exit code fails the step, with the end of the output', async () => {
  const performed = await run({argv: node(`console.error('no such container'); process.exit(3)`)});
  expect(performed).toMatchObject({
    outcome: 'failed',
    error: expect.stringMatching(/ended with exit code 3: no such container/),
  });
});

test.each([600, 601, 602, 603])('the end of %i units of emoji begins with a whole one', async length => {
  const says = `process.stdout.write('\\u{1F680}'.repeat(300) + 'x'.repeat(${length - 600})); process.exit(1)`;
  const performed = await run({argv: node(says)});
  expect(performed).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('\u{1F680}') as string,
  });
  expect((performed as {error: string}).error.isWellFormed()).toBe(true);
});

test('a command that hangs is stopped at its timeout', async () => {
  const performed = await run({argv: node('setInterval(() => {}, 1000)'), timeoutMs: 300});
  expect(performed).toMatchObject({
    outcome: 'failed',
    error: expect.stringMatching(/took longer than 0.3 s/),
  });
});

test('a command with much output runs on, and only the end of its output is kept', async () => {
  const floods = `for (let i = 0; i < 20000; i++) console.log('x'.repeat(100)); console.log('the end'); process.exitCode = 1`;
  const performed = await run({argv: node(floods)});
  expect(performed.error).toMatch(/the end$/);
  expect(performed.error?.length).toBeLessThan(700);
});

test('a missing command is named', async () => {
  expect(await run({argv: ['graydeck-no-such-command']})).toMatchObject({
    outcome: 'failed',
    error: 'graydeck-no-such-command was not found',
  });
});

test('on a second run the check may report the step as done', async () => {
  const hook = {argv: node('process.exit(1)'), check: node('process.exit(0)')};
  expect(await run(hook, 1)).toEqual({outcome: 'done'});
  expect(await run(hook, 0)).toMatchObject({outcome: 'failed'});
});

test('no shell reads the arguments', async () => {
  const argv = [...node(`process.exit(process.argv[1] === '$(exit 7); "' ? 0 : 5)`), '$(exit 7); "'];
  expect(await run({argv})).toEqual({outcome: 'done'});
});

test('processes in the background are not waited for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-hook-'));
  onTestFinished(() => rm(folder, {recursive: true}));
  // The process ends only with a file that is created after the outcome.
  const argv = ['sh', '-c', `(until [ -e ${folder}/end ]; do sleep 0.1; done) & echo started`];
  expect(await run({argv})).toEqual({outcome: 'done'});
  await writeFile(join(folder, 'end'), '');
});

test('at the timeout the whole process group ends before the outcome', async () => {
  const marked = `graydeck-test-${process.pid}`;
  const performed = await run({argv: ['sh', '-c', `sleep 30; : ${marked}`], timeoutMs: 300});
  expect(performed.outcome).toBe('failed');
  const {stdout} = await execa('ps', ['-eo', 'stat,args']);
  const left = stdout.split('\n').filter(line => line.includes(marked) && !line.startsWith('Z'));
  expect(left).toEqual([]);
});

test('a command does not get the passwords of this process', async () => {
  vi.stubEnv('GRAYDECK_STORE_PASSWORD', 'hunter2');
  vi.stubEnv('GRAYDECK_PROMETHEUS_TOKEN', 'hunter2');
  vi.stubEnv('GRAYDECK_STORE', 'redis://deck:hunter2@127.0.0.1/0');
  vi.stubEnv('ANOTHER', 'is not on the list');
  vi.stubEnv('HTTPS_PROXY', 'http://deck:hunter2@proxy');
  vi.stubEnv('LC_TIME', 'C.UTF-8');
  const argv = node(`const {env} = process; console.log(JSON.stringify(
    [env.GRAYDECK_STORE, env.GRAYDECK_STORE_PASSWORD, env.GRAYDECK_PROMETHEUS_TOKEN, env.ANOTHER, env.HTTPS_PROXY, env.LC_TIME, env.PATH.length > 0])); process.exit(1)`);
  const performed = await run({argv});
  vi.unstubAllEnvs();
  expect(performed.error).toContain('[null,null,null,null,null,"C.UTF-8",true]');
});

test('a command is not told what the configuration uses, and is told what it passes on', async () => {
  vi.stubEnv('SLACK_WEBHOOK', 'hunter2');
  vi.stubEnv('USER', 'in the address of the store');
  vi.stubEnv('AWS_PROFILE', 'staging');
  const argv = node(
    `const e = process.env; process.exit(e.SLACK_WEBHOOK === undefined && e.USER === undefined && e.AWS_PROFILE === 'staging' ? 0 : 1)`,
  );
  const whole = {argv, timeoutMs: 60_000, check: null};
  const options = {
    feature: 'new_payment',
    epoch: 3,
    outputs: shelf(),
    variables: {hides: ['SLACK_WEBHOOK', 'USER'], passes: ['AWS_PROFILE', 'SLACK_WEBHOOK']},
  };
  const {signal} = new AbortController();
  expect(await hookPerformer(whole, options).perform(step, {release, signal})).toEqual({outcome: 'done'});
  vi.unstubAllEnvs();
});

test('the last 32 768 characters of output are stored by step and attempt', async () => {
  const outputs = shelf();
  await run({argv: node(`console.log('one'); console.error('two')`)}, 1, outputs);
  expect(outputs.kept).toMatchObject([{release: 'r-1', step: 'rollback.stop', attempt: 2, result: null}]);
  expect(outputs.kept[0]?.text.split('\n').sort()).toEqual(['one', 'two']);
  await run({argv: node(`process.stdout.write('x'.repeat(1e6) + 'the end')`)}, 2, outputs);
  expect(outputs.kept[1]?.text).toMatch(/x{1000}the end$/u);
  expect(outputs.kept[1]?.text).toHaveLength(32_768);
});

test('restore gets the standard output of the backup of this release only', async () => {
  const outputs = shelf();
  await run({argv: node(`console.error('dumping'); console.log('dump-17.sql')`)}, 0, outputs, BACKUP);
  const asks = node(`process.exit(process.env.GRAYDECK_BACKUP === 'dump-17.sql' ? 0 : 9)`);
  expect(await run({argv: asks}, 0, outputs, RESTORE)).toEqual({outcome: 'done'});
  outputs.kept.forEach(output => void (output.release = 'r-0'));
  const none = node(`process.exit(process.env.GRAYDECK_BACKUP === '' ? 0 : 9)`);
  expect(await run({argv: none}, 0, outputs, RESTORE)).toEqual({outcome: 'done'});
});

test('a backup fails if its output cannot be stored for restore; other output may be lost', async () => {
  const outputs = shelf();
  outputs.goAway();
  const argv = node(`console.log('dump-17.sql')`);
  expect(await run({argv}, 0, outputs, BACKUP)).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('could not be stored'),
  });
  expect(await run({argv}, 0, outputs)).toEqual({outcome: 'done'});
});

test('restore does not run while the output of the backup cannot be read', async () => {
  const outputs = shelf();
  outputs.goAway();
  await expect(run({argv: node('')}, 0, outputs, RESTORE)).rejects.toThrow('the store is away');
});
