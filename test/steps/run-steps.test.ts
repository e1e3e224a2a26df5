import {describe, expect, test} from 'vitest';
import {rememberOutcomes} from '../../source/steps/keep-steps.ts';
import {type WorkingLog} from '../../source/controller/working-log.ts';
import {runSteps, type Performer, type StepRunner} from '../../source/steps/run-steps.ts';
import type {State, Step} from '../../source/release/state.ts';
import {hooks, phase, planOf} from '../release/plans.ts';
import {journal, rollingBack} from './journal.ts';

function performer(perform: (step: Step) => ReturnType<Performer['perform']>, deadlineMs = 5000): Performer {
  return {deadlineMs, perform};
}

const outcomes = (state: State) =>
  Object.fromEntries(
    state.release!.steps.filter(({run}) => run === 'rollback').map(({name, state}) => [name, state]),
  );

test('the steps run in order, those without a hook are skipped, and the release is rolled back', async () => {
  const {log, state} = await rollingBack();
  const ran: string[] = [];
  const done = performer(step => {
    ran.push(step.name);
    return Promise.resolve({outcome: 'done'});
  });
  await runSteps(
    {log: log('liu'), performerOf: () => done, actor: 'liu'},
    'r-1',
    new AbortController().signal,
  );
  expect(ran).toEqual(['traffic', 'stop', 'restore', 'notify', 'snapshot']);
  expect(state().release?.state).toBe('rolled_back');
  expect(outcomes(state())).toEqual({
    traffic: 'done',
    demote: 'skipped',
    stop: 'done',
    restore: 'done',
    notify: 'done',
    snapshot: 'done',
  });
});

test('a step that fails or throws is recorded, and a rollback continues', async () => {
  const {log, state} = await rollingBack();
  const failing = performer(step =>
    step.name === 'stop' ? Promise.reject(new Error('no such service')) : Promise.resolve({outcome: 'done'}),
  );
  await runSteps(
    {log: log('liu'), performerOf: () => failing, actor: 'liu'},
    'r-1',
    new AbortController().signal,
  );
  expect(outcomes(state())).toMatchObject({stop: 'failed', restore: 'done'});
  expect(state().release?.steps.find(({name}) => name === 'stop')?.error).toBe('no such service');
  expect(state().release?.state).toBe('rolled_back');
});

test('a second runner waits for the first, and takes over its step after the deadline', async () => {
  const {log, state, pass} = await rollingBack();
  await log('first').execute({type: 'begin-step', release: 'r-1', step: 'rollback.traffic', deadlineMs: 30});
  let runs = 0;
  const second = performer(() => {
    runs += 1;
    return Promise.resolve({outcome: 'done'});
  });
  const running = runSteps(
    {log: log('second'), performerOf: () => second, actor: 'second'},
    'r-1',
    new AbortController().signal,
  );
  expect(runs).toBe(0);
  pass(100);
  await running;
  expect(runs).toBe(5);
  expect(state().release?.steps.find(({id}) => id === 'rollback.traffic')).toMatchObject({
    attempts: 2,
    by: 'second',
  });
});

test('a stopped runner leaves its step, so that a successor can begin at once', async () => {
  const {log, state} = await rollingBack();
  const stop = new AbortController();
  const hanging = performer(() => {
    stop.abort();
    return Promise.resolve({outcome: 'failed', error: 'aborted'});
  });
  await runSteps({log: log('liu'), performerOf: () => hanging, actor: 'liu'}, 'r-1', stop.signal);
  expect(state().release?.steps.find(({id}) => id === 'rollback.traffic')).toMatchObject({
    state: 'pending',
    attempts: 1,
  });
});

test('a step that this version may never begin ends the run, with the reason', async () => {
  const {log, happen} = journal();
  const plan = planOf([phase('alpha', 5)], {hooks: hooks('deploy')});
  await log('liu').execute({type: 'start', release: 'r-1', version: 'v2', plan});
  happen({type: 'release-teleported'});
  const never = performer(() => Promise.reject(new Error('it must not run')));
  await expect(
    runSteps({log: log('liu'), performerOf: () => never, actor: 'liu'}, 'r-1', new AbortController().signal),
  ).rejects.toThrow('deploy.deploy cannot run here: the log holds "release-teleported"');
});

test('the steps of a rollback run although the log holds an event that this version does not know', async () => {
  const {log, happen, state} = await rollingBack();
  happen({type: 'release-teleported'});
  const done = performer(() => Promise.resolve({outcome: 'done'}));
  await runSteps(
    {log: log('liu'), performerOf: () => done, actor: 'liu'},
    'r-1',
    new AbortController().signal,
  );
  expect(state().release?.state).toBe('rolled_back');
});

test('a step with a time limit of more than a day can begin', async () => {
  const {log, state} = await rollingBack();
  const slow = performer(() => Promise.resolve({outcome: 'done'}), 48 * 3_600_000);
  await runSteps(
    {log: log('liu'), performerOf: () => slow, actor: 'liu'},
    'r-1',
    new AbortController().signal,
  );
  expect(state().release?.state).toBe('rolled_back');
});

test('a conflict at the begin of a step is followed by a pause', async () => {
  const {log} = await rollingBack();
  const stop = new AbortController();
  let asked = 0;
  const crowded: WorkingLog = {
    ...log('liu'),
    execute: () => {
      asked += 1;
      return Promise.resolve({kind: 'conflict'});
    },
  };
  const unused = performer(() => Promise.reject(new Error('it must not run')));
  const running = runSteps({log: crowded, performerOf: () => unused, actor: 'liu'}, 'r-1', stop.signal);
  // A loop without a pause would never let this timer fire.
  await new Promise(resolve => setTimeout(resolve, 50));
  stop.abort();
  await running;
  expect(asked).toBe(1);
});

test('an outcome is written once the store is back, and the step does not run again', async () => {
  const {log, state} = await rollingBack();
  const ran: string[] = [];
  const done = performer(step => {
    ran.push(step.name);
    return Promise.resolve({outcome: 'done'});
  });
  let failures = 1;
  const journal = log('liu');
  const faulty: WorkingLog = {
    ...journal,
    execute: intent =>
      intent.type === 'end-step' && failures-- > 0
        ? Promise.reject(new Error('the store is away'))
        : journal.execute(intent),
  };
  await runSteps({log: faulty, performerOf: () => done, actor: 'liu'}, 'r-1', new AbortController().signal);
  expect(ran).toEqual(['traffic', 'stop', 'restore', 'notify', 'snapshot']);
  expect(state().release?.state).toBe('rolled_back');
});

describe('an outcome that could not be written', () => {
  async function untold(between: (begin: (by: string) => Promise<unknown>) => Promise<unknown>) {
    const {log, state} = await rollingBack();
    const ran: string[] = [];
    const stop = new AbortController();
    const performerOf = rememberOutcomes(() =>
      performer(step => {
        ran.push(step.name);
        stop.abort();
        return Promise.resolve({outcome: 'done', facts: {run: ran.length}});
      }, 0),
    );
    let isAway = true;
    const journal = log('guard');
    const runner: StepRunner = {
      actor: 'guard',
      performerOf,
      log: {
        ...journal,
        execute: intent =>
          isAway && intent.type === 'end-step'
            ? Promise.reject(new Error('the store is away'))
            : journal.execute(intent),
      },
    };
    await expect(runSteps(runner, 'r-1', stop.signal)).rejects.toThrow('away');
    const begin = {type: 'begin-step', release: 'r-1', step: 'rollback.traffic', deadlineMs: 0} as const;
    await between(by => log(by).execute(begin));
    isAway = false;
    await runSteps(runner, 'r-1', new AbortController().signal);
    return {ran, traffic: state().release?.steps.find(({id}) => id === 'rollback.traffic')};
  }

  test('is written later, and the step does not run again', async () => {
    const {ran, traffic} = await untold(() => Promise.resolve());
    expect(ran).toEqual(['traffic', 'stop', 'restore', 'notify', 'snapshot']);
    expect(traffic).toMatchObject({state: 'done', facts: {run: 1}});
  });

  test('is forgotten once another process has begun the step', async () => {
    const {ran} = await untold(begin => begin('another'));
    expect(ran).toEqual(['traffic', 'traffic', 'stop', 'restore', 'notify', 'snapshot']);
  });
});

describe('an outcome that was written', () => {
  async function promoting(perform: (run: number) => ReturnType<Performer['perform']>) {
    const {log, state} = journal();
    const plan = planOf([phase('all', 100)], {hooks: hooks('promote')});
    await log('liu').execute({type: 'start', release: 'r-1', version: 'v2', plan});
    await log('liu').execute({type: 'complete', release: 'r-1'});
    let runs = 0;
    const tooOften = new AbortController();
    const performerOf = rememberOutcomes((step: Step) => {
      if (step.attempts > 3) tooOften.abort();
      return performer(() =>
        step.name === 'promote' ? perform(++runs) : Promise.resolve({outcome: 'done'}),
      );
    });
    const run = () => runSteps({log: log('guard'), performerOf, actor: 'guard'}, 'r-1', tooOften.signal);
    await run();
    return {run, log, state, runs: () => runs};
  }

  test('is no outcome of a retry: the failed step runs again', async () => {
    const {run, log, state, runs} = await promoting(count =>
      Promise.resolve({outcome: count === 1 ? 'failed' : 'done'}),
    );
    expect(state().release?.state).toBe('failed');
    await log('liu').execute({type: 'retry', release: 'r-1'});
    await run();
    expect(runs()).toBe(2);
    expect(state().release?.state).toBe('completed');
  });

  test('of `left` lets the step begin again', async () => {
    const {state, runs} = await promoting(count => Promise.resolve({outcome: count === 1 ? 'left' : 'done'}));
    expect(runs()).toBe(2);
    expect(state().release?.state).toBe('completed');
  });
});

describe('a hook that a rollback overtakes', () => {
  async function overtaken() {
    const deck = journal();
    const {execute} = deck.log('liu');
    const plan = planOf([phase('all', 100)], {hooks: hooks('deploy', 'stop')});
    await execute({type: 'start', release: 'r-1', version: 'v2', plan});
    const ran: string[] = [];
    const slow = performer(() => Promise.resolve({outcome: 'done'}));
    const deploying: Performer = {
      deadlineMs: 60_000,
      perform: (_, {signal}) => {
        void execute({type: 'rollback', release: 'r-1'});
        ran.push(signal.aborted ? 'stopped' : 'went on');
        return Promise.resolve({outcome: 'failed', error: 'was stopped'});
      },
    };
    await runSteps(
      {
        log: deck.log('runner'),
        performerOf: ({name}) => {
          ran.push(name);
          return name === 'deploy' ? deploying : slow;
        },
        actor: 'runner',
      },
      'r-1',
      new AbortController().signal,
    );
    return {ran, release: deck.state().release!};
  }

  test('is stopped, recorded as failed, and undone only after that', async () => {
    const {ran, release} = await overtaken();
    expect(ran).toEqual(['deploy', 'stopped', 'traffic', 'stop', 'notify', 'snapshot']);
    expect(release.state).toBe('rolled_back');
    expect(release.steps.find(({name}) => name === 'deploy')).toMatchObject({
      state: 'failed',
      error: 'was stopped',
    });
  });
});

test('a runner that has lost its step to another process stops it', async () => {
  const {log, pass} = await rollingBack();
  const seen: boolean[] = [];
  const slow: Performer = {
    deadlineMs: 30,
    perform: async (_, {signal}) => {
      pass(100);
      await log('second').execute({
        type: 'begin-step',
        release: 'r-1',
        step: 'rollback.traffic',
        deadlineMs: 0,
      });
      seen.push(signal.aborted);
      stop.abort();
      return {outcome: 'failed', error: 'was stopped'};
    },
  };
  const stop = new AbortController();
  await runSteps({log: log('first'), performerOf: () => slow, actor: 'first'}, 'r-1', stop.signal);
  expect(seen).toEqual([true]);
});

test('without a channel the notify step of a rollback is skipped', async () => {
  const {log, state} = await rollingBack();
  const done = performer(() => Promise.resolve({outcome: 'done'}));
  const runner: StepRunner = {
    log: log('liu'),
    performerOf: ({name}) => (name === 'notify' ? null : done),
    actor: 'liu',
  };
  await runSteps(runner, 'r-1', new AbortController().signal);
  expect(outcomes(state())).toMatchObject({notify: 'skipped', snapshot: 'done'});
});
