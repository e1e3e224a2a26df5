import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {confirmPerformer} from '../../source/steps/confirm.ts';
import type {Release, Step} from '../../source/release/state.ts';

const release = {
  id: 'r-1',
  version: 'v2',
  over: 'v1',
  phase: 0,
  percent: 5,
  plan: {phases: [{name: 'alpha'}]},
} as Release;
const step = {id: 'phase-2.confirm', run: 'phase', name: 'confirm', state: 'running', attempts: 0} as Step;
const outputs = {write: () => Promise.resolve(), read: () => Promise.resolve([])};

function ask(argv: string[], signal = new AbortController().signal) {
  const options = {feature: 'pay', epoch: null, outputs};
  return confirmPerformer({argv, timeoutMs: 60_000, check: null}, options).perform(step, {release, signal});
}

test('a closed gate runs again until it opens', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-gate-'));
  const count = 'echo x >> asked; test "$(wc -l < asked)" -ge 3';
  expect(await ask(['sh', '-c', `cd "$0"; ${count}`, folder])).toEqual({outcome: 'done'});
  await rm(folder, {recursive: true});
});

test('a gate gets the phase that would be left', async () => {
  expect(await ask(['sh', '-c', 'test "$GRAYDECK_PHASE $GRAYDECK_PERCENT" = "alpha 5"'])).toEqual({
    outcome: 'done',
  });
});

test('a missing gate fails at once, because it would never open', async () => {
  expect(await ask(['graydeck-no-such-gate'])).toEqual({
    outcome: 'failed',
    error: 'graydeck-no-such-gate cannot be run (ENOENT)',
  });
});

test('a stop ends the gate, also in the middle of a run', async () => {
  const stop = new AbortController();
  const asking = ask(['sleep', '60'], stop.signal);
  stop.abort();
  expect(await asking).toEqual({outcome: 'skipped'});
});
