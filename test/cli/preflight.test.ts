import {chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, inject, test} from 'vitest';
import {redisMissing, startRedis} from '../servers/redis.ts';
import {TestTerminal} from '../terminal/open.ts';
import {errorOf, Workplace} from './program.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9'];
const all = 'phases: [{name: all, percent: 100}]\n';
const CHECKLIST = `${all}checklist: [database backup, the tests have passed]\n`;

interface Found {
  check: string;
  level: string;
  text: string;
  remedy: string;
}
const found = (document: Record<string, unknown>) => document['preflight'] as Found[];

async function lastReason(place: Workplace): Promise<string | null> {
  const {commits} = (await place.json('log')) as {commits?: {reason: string | null}[]};
  return commits?.at(-1)?.reason ?? null;
}

describe('before a release starts', () => {
  test('what somebody should know is told, and does not stop it', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', `${all}hooks: {deploy: ['true'], promote: ['true']}\n`);
    const {exitCode, stderr} = await place.run(...start, '--yes', '--plan', 'plan.yaml');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('▲ routers: no router is connected: a percentage moves no user');
    expect(stderr).toContain('▲ guard: no guard is running');
    expect(stderr).toContain(
      '▲ plan: there is a promote hook and no demote hook: a rollback after promotion',
    );
    expect(stderr).toContain('▲ plan: there is a deploy hook and no stop hook');
    expect(stderr).not.toContain('✖');
  });

  test('a hook that is not there or may not be run keeps it from starting, and each says what mends it', async () => {
    await using place = await Workplace.open();
    await place.file('deploy.sh', '#!/bin/sh\n');
    await chmod(join(place.folder, 'deploy.sh'), 0o644);
    const hooks = 'hooks: {deploy: [./deploy.sh], stop: {argv: [graydeck-no-such], check: ["true"]}}\n';
    await place.file('plan.yaml', all + hooks);
    const ran = await place.run(...start, '--yes', '--plan', 'plan.yaml');
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('✖ hooks: deploy: ./deploy.sh is not executable → chmod +x ./deploy.sh');
    expect(ran.stderr).toContain('✖ hooks: stop: graydeck-no-such was not found');
    expect(await place.run('status')).toMatchObject({exitCode: 2});
    await chmod(join(place.folder, 'deploy.sh'), 0o755);
    const json = errorOf(await place.run(...start, '--yes', '--plan', 'plan.yaml', '--json'));
    expect(json).toMatchObject({code: 'preflight'});
    expect(JSON.stringify(json)).not.toContain('chmod');
  });

  test('what is passed over with --skip-preflight stands in the log', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', `${CHECKLIST}hooks: {stop: [graydeck-no-such]}\n`);
    const argv = [...start, '--yes', '--plan', 'plan.yaml', '--checked', 'database backup'];
    expect(await place.run(...argv, '--skip-preflight', '--reason', 'in a hurry')).toMatchObject({
      exitCode: 0,
    });
    const reason = await lastReason(place);
    expect(reason).toContain('in a hurry; checked: database backup; preflight skipped: ');
    expect(reason).toContain('hooks: stop: graydeck-no-such was not found');
    expect(reason).toContain('not confirmed as done: the tests have passed');
  });

  test('its checklist is answered for by name, and the log says by whom', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', CHECKLIST);
    const argv = [...start, '--yes', '--plan', 'plan.yaml', '--by', 'liu'];
    const unanswered = await place.run(...argv, '--checked', 'Database Backup');
    expect(unanswered.exitCode).toBe(3);
    expect(unanswered.stderr).toContain('→ --checked "the tests have passed"');
    const mistyped = await place.run(...argv, '--checked', 'database bakcup');
    expect(mistyped).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean --checked "database backup"?') as string,
    });
    const both = ['--checked', 'database backup', '--checked', 'the tests have passed'];
    expect(await place.run(...argv, ...both)).toMatchObject({exitCode: 0});
    expect(await lastReason(place)).toBe('checked: database backup, the tests have passed');
  });

  test('its checklist is asked item by item where there is somebody to ask', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', CHECKLIST);
    await using terminal = new TestTerminal(
      [process.execPath, inject('program'), ...start, '--plan', 'plan.yaml'],
      {env: place.environment(), cwd: place.folder},
    );
    await terminal.until('database backup: done?');
    terminal.type('y\r');
    await terminal.until('the tests have passed: done?');
    terminal.type('n\r');
    await terminal.until('not confirmed as done: the tests have passed');
    expect(await terminal.exit()).toBe(3);
  });

  test('a dry run tells what is wrong and asks nothing', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', CHECKLIST);
    const {exitCode, stderr, stdout} = await place.run(...start, '--plan', 'plan.yaml', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('✖ checklist: not confirmed as done: database backup');
    expect(stdout).toContain('would write  pay  started v1.1.0');
  });

  test('a Prometheus that the plan needs and that is away keeps it from starting; one it does not need does not', async () => {
    await using place = await Workplace.open();
    await place.file('cpu.yaml', `${all}guardrails: [{when: "cpu > 80 %", for: 1m, then: pause}]\n`);
    await place.file('plan.yaml', all);
    const away = ['--prometheus', 'http://127.0.0.1:9'];
    const needed = await place.run(...start, '--yes', '--plan', 'cpu.yaml', ...away);
    expect(needed.exitCode).toBe(3);
    expect(needed.stderr).toMatch(/✖ prometheus: .* does not answer: .*; the plan uses cpu/u);
    const unknown = await place.run(...start, '--yes', '--plan', 'cpu.yaml', '--dry-run');
    expect(unknown.stderr).toContain('the plan uses cpu, but no address of Prometheus is set');
    const told = await place.json(...start, '--yes', '--plan', 'plan.yaml', ...away);
    expect(found(told)).toContainEqual(expect.objectContaining({check: 'prometheus', level: 'doubt'}));
  });

  test.skipIf(redisMissing)(
    'a Redis that may throw the log away is told, and one that will keeps it from starting',
    async () => {
      const redis = await startRedis();
      try {
        await using place = await Workplace.open(redis.url);
        await redis.admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
        const told = found(await place.json(...start, '--yes', '--dry-run'));
        expect(told.filter(({check, level}) => check === 'store' && level === 'doubt')).toHaveLength(2);
        await redis.admin.config('SET', 'maxmemory', '1gb');
        const {exitCode, stderr} = await place.run(...start, '--yes');
        expect(exitCode).toBe(3);
        expect(stderr).toContain('→ redis-cli CONFIG SET maxmemory-policy noeviction');
      } finally {
        await redis.dispose();
      }
    },
  );
});
