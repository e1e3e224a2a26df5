import {readdirSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {readPlan} from '../../source/config/plan/plan-file.ts';

const folder = new URL('../../fixtures/hooks/', import.meta.url);
const names = readdirSync(folder);

test('there are examples of hooks for Docker Compose, kubectl and systemd', () => {
  expect(names).toEqual(['compose.yaml', 'kubectl.yaml', 'systemd.yaml']);
});

test.each(names)('%s is a whole plan in which each hook has the one that undoes it', name => {
  const read = readPlan(readFileSync(new URL(name, folder), 'utf8'), name);
  expect(read).toMatchObject({ok: true, warnings: []});
  const hooks = read.ok ? Object.keys(read.plan.hooks) : [];
  expect(hooks).toEqual(expect.arrayContaining(['deploy', 'stop', 'promote', 'verify', 'demote', 'cleanup']));
});
