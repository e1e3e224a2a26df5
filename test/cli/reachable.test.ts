import {describe, expect, test} from 'vitest';
import {standing} from '../../source/cli/commands/execute.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {openController} from '../../source/controller/controller.ts';
import type {Intent} from '../../source/release/command.ts';
import type {State} from '../../source/release/state.ts';
import type {LogReader, LogWriter} from '../../source/store/port.ts';
import type {Commit} from '../../source/release/commit.ts';

const by = {name: 'liu', kind: 'person'} as const;
const release = 'r-one';
const begin: Intent = {type: 'start', release, version: 'v1', plan: builtInPlan};

/** The state after these commands, by the real core over a log in memory. */
async function after(...intents: Intent[]): Promise<State> {
  const commits: Commit[] = [];
  const log: LogReader & LogWriter = {
    head: async () => commits.at(-1) ?? null,
    read: async version => commits.slice(version),
    follow: async () => undefined,
    append: async commit => {
      commits.push(commit);
      return {outcome: 'written'};
    },
  };
  const controller = openController({feature: 'pay', log, now: () => 1000});
  for (const intent of intents) expect(await controller.execute(intent, {by})).toMatchObject({kind: 'done'});
  return controller.snapshot().state;
}

const step = (id: string, outcome: 'done' | 'failed'): Intent[] => [
  {type: 'begin-step', release, step: id, deadlineMs: 1000},
  {type: 'end-step', release, step: id, outcome},
];
const rolledBack: Intent[] = [
  begin,
  {type: 'rollback', release},
  ...['traffic', 'notify', 'snapshot'].flatMap(name => step(`rollback.${name}`, 'done')),
];
const completed: Intent[] = [
  begin,
  {type: 'complete', release},
  ...step('promotion.traffic', 'done'),
  ...step('promotion.traffic-to-prod', 'done'),
];

describe('whether a state can still come', () => {
  test.for([
    ['rolling', [begin], 'there'],
    ['completed', [begin], 'not-yet'],
    ['deploying', [begin], 'never'],
    ['idle', [begin], 'never'],
    ['paused', [begin, {type: 'complete', release}], 'never'],
    ['completed', [begin, {type: 'rollback', release}], 'never'],
    ['rolled_back', [begin, {type: 'rollback', release}], 'not-yet'],
    ['rolled_back', rolledBack, 'there'],
    ['rolling', rolledBack, 'never'],
    ['completed', completed, 'there'],
    ['rolled_back', completed, 'not-yet'],
    ['completed', [begin, {type: 'complete', release}, ...step('promotion.traffic', 'failed')], 'not-yet'],
    ['rolling', [begin, {type: 'complete', release}, ...step('promotion.traffic', 'failed')], 'never'],
  ] as const)('%s after %j', async ([wanted, intents, kind]) => {
    expect(standing(await after(...intents), release, wanted, 1000)).toMatchObject({kind});
  });

  test('nothing has been started: everything may come, and idle is there', async () => {
    const state = await after();
    expect(standing(state, null, 'idle', 0)).toEqual({kind: 'there'});
    expect(standing(state, null, 'completed', 0)).toMatchObject({kind: 'not-yet'});
  });

  test('a completed release can be rolled back until its window is over', async () => {
    const state = await after(...completed);
    const over = 1000 + builtInPlan.rollbackWindowMs;
    expect(standing(state, release, 'rolled_back', over)).toMatchObject({kind: 'not-yet'});
    expect(standing(state, release, 'rolled_back', over + 1)).toMatchObject({kind: 'never'});
  });

  test('a release whose place was taken stays what it was', async () => {
    const state = await after(...rolledBack, {...begin, release: 'r-two', version: 'v2'});
    expect(standing(state, release, 'rolled_back', 0)).toEqual({kind: 'there'});
    expect(standing(state, release, 'completed', 0)).toEqual({
      kind: 'never',
      why: 'v1 is rolled back, and v2 has taken its place',
    });
  });
});
