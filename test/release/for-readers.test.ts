import {expect, test} from 'vitest';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import type {Commit} from '../../source/release/commit.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import type {Event, UnknownEvent} from '../../source/release/event.ts';
import {fourPhases} from './plans.ts';
import {given} from './specification.ts';
import {errorForReaders, forReaders, releaseForReaders} from '../../source/release/for-readers.ts';
import {initialState} from '../../source/release/state.ts';

const PLAN = `
phases:
  - name: half
    percent: 50
    audience: team
    include: {users: [u-secret-1]}
    before: [/opt/secret/before]
    confirm: [/opt/secret/gate]
  - {name: all, percent: 100}
groups:
  team: {any: [{user_id: [u-secret-2]}, {email: secret@example.com}, {country: CN}]}
hooks:
  deploy: {argv: [/opt/secret/deploy, --token, secret], check: [/opt/secret/check]}
`;

function told(...events: (Event | UnknownEvent)[]): string {
  const split = deriveSplit(initialState('pay'));
  const commit: Commit = {
    version: 1,
    id: 'c',
    parent: null,
    schema: 1,
    minReader: 1,
    by: 'liu',
    at: 0,
    reason: null,
    events,
    split,
  };
  return JSON.stringify(forReaders(commit).events);
}

test('those who may only look are told no command of a hook, nothing that it printed, and no id of a person', () => {
  const read = readPlan(PLAN, 'plan.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
  const release = 'r-1';
  const failed = {type: 'step-ended', release, outcome: 'failed', facts: {}} as const;
  const text = told(
    {type: 'release-started', release, version: 'v2', over: null, plan: read.plan, steps: []},
    {type: 'start-queued', release, after: 'r-0', version: 'v2', over: null, plan: read.plan},
    {type: 'user-included', release, user: 'u-secret-3'},
    {type: 'user-denied', release, user: 'u-secret-3'},
    {type: 'user-removed', release, user: 'u-secret-3'},
    {...failed, step: 'deploy.deploy', error: '/opt/secret/deploy exit code 1: secret'},
    {type: 'release-failed', release, step: 'deploy.deploy', error: '/opt/secret/deploy: secret'},
    {type: 'release-paused', release, reason: 'phase.before failed: /opt/secret/before exit code 1: secret'},
    {type: 'of-tomorrow', ignorable: true, what: 'secret'} as unknown as UnknownEvent,
  );
  expect(text).not.toContain('secret');
  expect(text).toContain('"country"');
  expect(text).toContain('"users":["•••"]');
  expect(text).toContain('"deploy":{"argv":["•••"]');
  expect(text).toContain('of-tomorrow');
});

test('what Graydeck itself says of a step is told', () => {
  expect(errorForReaders('rollback.traffic', 'still at an older split: web-1')).toContain('web-1');
  expect(told({type: 'release-paused', release: 'r-1', reason: 'lunch'})).toContain('lunch');
});

test('a release for those who may only look has no words of a hook', () => {
  const {release} = given({type: 'start', release: 'r-1', version: 'v2', plan: fourPhases()});
  const [step] = release.steps;
  const steps = step === undefined ? [] : [{...step, error: '/opt/secret: secret'}];
  const told = releaseForReaders({...release, steps, pausedReason: 'phase.before failed: /opt/secret'});
  expect(JSON.stringify(told)).not.toContain('secret');
  expect(told.pausedReason).toBe('phase.before failed');
});
