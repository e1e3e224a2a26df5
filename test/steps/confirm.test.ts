import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {confirmPerformer} from '../../source/steps/confirm.ts';
import type {Opening, Release, Step} from '../../source/release/state.ts';

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

test('what a gate says while it is closed is told, once in a while', async () => {
  const told: string[][] = [];
  const stop = new AbortController();
  const options = {
    feature: 'pay',
    epoch: null,
    outputs,
    tellGate: (...words: string[]) => {
      told.push(words);
      stop.abort();
      return Promise.resolve();
    },
  };
  const gate = {argv: ['sh', '-c', 'echo "lag\n14 s"; exit 1'], timeoutMs: 60_000, check: null};
  const asked = confirmPerformer(gate, options).perform(step, {release, signal: stop.signal});
  expect(await asked).toEqual({outcome: 'skipped'});
  expect(told).toEqual([['r-1', 'phase-2.confirm', 'lag 14 s']]);
});

test('a gate that is closed at its deadline fails with its last words, and so pauses the release', async () => {
  const opening: Opening = {
    to: 1,
    left: {phase: 0, criteria: []},
    steps: [step.id],
    wantedBy: 'person',
    since: 1000,
  };
  const gate = {
    argv: ['sh', '-c', 'echo lag 14 s; exit 1'],
    timeoutMs: 60_000,
    check: null,
    deadlineMs: 4 * 3_600_000,
  };
  const options = {feature: 'pay', epoch: null, outputs, now: () => 1000 + 4 * 3_600_000};
  const asked = confirmPerformer(gate, options).perform(step, {
    release: {...release, opening},
    signal: new AbortController().signal,
  });
  expect(await asked).toEqual({
    outcome: 'failed',
    error: 'the gate did not open within 4 h: lag 14 s',
  });
});
