import {expect, test} from 'vitest';
import {keepSteps} from '../../source/steps/keep-steps.ts';
import type {Performer, StepRunner} from '../../source/steps/run-steps.ts';
import {rollingBack, type journal} from './journal.ts';
import {eventually} from '../patience.ts';

const done: Performer = {deadlineMs: 5000, perform: () => Promise.resolve({outcome: 'done'})};

/** A process that follows the feature, with a clock that advances at each look. */
function beside(deck: ReturnType<typeof journal>, isOurs: boolean) {
  const stop = new AbortController();
  const runner: StepRunner = {log: deck.log('bystander'), performerOf: () => done, actor: 'bystander'};
  const kept = keepSteps(runner, () => isOurs, stop.signal);
  return {
    leave: async () => {
      stop.abort();
      await kept;
    },
  };
}

/** Lets the other process look at the log. */
const itsTurn = () => new Promise(resolve => setImmediate(resolve));

const doneBy = (deck: ReturnType<typeof journal>) =>
  deck
    .state()
    .release!.steps.filter(({run, state}) => run === 'rollback' && state === 'done')
    .map(({name, by}) => [name, by]);

test('the steps of a run that this process began are run at once', async () => {
  const deck = await rollingBack();
  const {leave} = beside(deck, true);
  await eventually(() => expect(deck.state().release?.state).toBe('rolled_back'));
  await leave();
});

test('a step that lies untouched is taken over', async () => {
  const deck = await rollingBack();
  const {leave} = beside(deck, false);
  deck.pass(4000);
  deck.ring();
  await eventually(() => expect(deck.state().release?.state).toBe('rolled_back'));
  await leave();
});

test('a step that lies untouched is taken over also if the clock went back', async () => {
  const deck = await rollingBack();
  const {leave} = beside(deck, false);
  deck.pass(-3_600_000);
  deck.ring();
  await itsTurn();
  deck.pass(4000);
  deck.ring();
  await eventually(() => expect(deck.state().release?.state).toBe('rolled_back'));
  await leave();
});

test('hooks run where they were started: another process takes over no running run', async () => {
  const deck = await rollingBack();
  const first = deck.log('first');
  const begin = (step: string) =>
    first.execute({type: 'begin-step', release: 'r-1', step, deadlineMs: 60_000});
  const end = (step: string) => first.execute({type: 'end-step', release: 'r-1', step, outcome: 'done'});
  await begin('rollback.traffic');
  const {leave} = beside(deck, false);
  deck.pass(10_000);
  deck.ring();
  await itsTurn();
  await end('rollback.traffic');
  await itsTurn();
  await begin('rollback.stop');
  await end('rollback.stop');
  expect(doneBy(deck)).toEqual([
    ['traffic', 'first'],
    ['stop', 'first'],
  ]);
  await leave();
});
