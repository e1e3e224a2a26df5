import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {commandsOf, rememberStart, whyUnlisted} from '../../source/steps/allow.ts';
import {hookPerformer} from '../../source/steps/hook.ts';
import type {Release, Step} from '../../source/release/state.ts';
import {fourPhases} from '../release/plans.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-allow-'));
});
afterAll(() => rm(folder, {recursive: true}));

const release = {
  id: 'r-forged',
  version: 'v2',
  over: null,
  phase: 0,
  percent: 5,
  plan: fourPhases(),
} as Release;
const hook = (argv: string[]) => ({argv, timeoutMs: 1000, check: null});

test.each([
  ['/opt/deploy/*', '/opt/deploy/go.sh', true],
  ['/opt/deploy/*.sh', '/opt/deploy/go.sh', true],
  ['/opt/deploy/*', '/opt/deploy/inner/go.sh', false],
  ['/opt/deploy/*', '/opt/deploy/../../bin/sh', false],
  ['/opt/deploy/go.sh', '/opt/deploy/goxsh', false],
  ['/opt/*/go.sh', '/opt/pay/go.sh', true],
])('%s lists %s: %s', async (pattern, program, isListed) => {
  const why = await whyUnlisted({patterns: [pattern], folder}, [program, '--fast'], release);
  expect(why === null).toBe(isListed);
});

test('a name without a path is looked for in PATH, as the system does', async () => {
  const [place] = [process.execPath.replace(/\/[^/]*$/u, '/*')];
  expect(await whyUnlisted({patterns: [place], folder}, ['no-such-program'], release)).toContain(
    'not listed',
  );
  expect(await whyUnlisted({patterns: ['/bin/*', '/usr/bin/*'], folder}, ['sh'], release)).toBeNull();
});

test('the very commands of a plan that was started on this host are listed, and no others', async () => {
  const plan = fourPhases({hooks: {deploy: hook(['/srv/go', 'fast'])}});
  const started = join(folder, 'started');
  await rememberStart(started, 'r-1', plan);
  expect(commandsOf(plan)).toEqual([['/srv/go', 'fast']]);
  const list = {patterns: [], folder: started};
  expect(await whyUnlisted(list, ['/srv/go', 'fast'], {id: 'r-1'})).toBeNull();
  expect(await whyUnlisted(list, ['/srv/go', 'slow'], {id: 'r-1'})).toContain('hooks: {allow: [PATH]}');
  expect(await whyUnlisted(list, ['/srv/go', 'fast'], {id: 'r-2'})).toContain('was not started here');
  expect(await whyUnlisted(list, ['/srv/go', 'fast'], {id: '../started/r-1'})).not.toBeNull();
});

test('a hook that a forged release names is not run, and the step says why', async () => {
  const touched = join(folder, 'touched');
  const performer = hookPerformer(hook(['touch', touched]), {
    feature: 'pay',
    epoch: null,
    outputs: {write: () => Promise.resolve(), read: () => Promise.resolve([])},
    mayRun: (argv, about) => whyUnlisted({patterns: ['/opt/deploy/*'], folder}, argv, about),
  });
  const step = {id: 'deploy.deploy', run: 'deploy', name: 'deploy', state: 'running', attempts: 0} as Step;
  const performed = await performer.perform(step, {release, signal: AbortSignal.timeout(5000)});
  expect(performed).toMatchObject({outcome: 'failed'});
  expect(performed.error).toContain('touch is not listed on');
  const {existsSync} = await import('node:fs');
  expect(existsSync(touched)).toBe(false);
});
