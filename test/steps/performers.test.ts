import {expect, test} from 'vitest';
import {performersFor} from '../../source/steps/performers.ts';
import type {Step} from '../../source/release/state.ts';
import type {StepOutput} from '../../source/release/step.ts';
import {given} from '../release/specification.ts';
import {begin, rollback, start} from '../release/orders.ts';
import {eventually} from '../patience.ts';

function stage(take: () => Promise<unknown>) {
  const {release, split} = given(start(), rollback(), begin('rollback.traffic'));
  const kept: StepOutput[] = [];
  const performerOf = performersFor({
    feature: 'new_payment',
    outputs: {
      write: output => {
        kept.push(output);
        return Promise.resolve();
      },
      read: () => Promise.resolve([]),
    },
    traffic: {
      split: () => ({split, since: 2}),
      routers: () => Promise.resolve([]),
      now: () => release.rollback!.at + 10,
      grayRequestsSince: () => Promise.resolve(null),
    },
    epoch: () => null,
    takeSnapshot: take,
    notify: null,
  });
  const perform = (name: string) => {
    const step = release.steps.find(({id}) => id === `rollback.${name}`) as Step;
    const context = {release, signal: new AbortController().signal};
    return performerOf(step, release)!.perform(step, context);
  };
  return {kept, perform};
}

test('a first snapshot is stored as soon as every user is at prod', async () => {
  const {kept, perform} = stage(() => Promise.resolve({requests: 40}));
  expect(await perform('traffic')).toMatchObject({outcome: 'done'});
  await eventually(() => expect(kept).toHaveLength(1));
  expect(kept[0]).toMatchObject({step: 'rollback.snapshot', attempt: 0, text: '{"requests":40}'});
  expect(await perform('snapshot')).toMatchObject({outcome: 'done'});
  expect(kept[1]).toMatchObject({step: 'rollback.snapshot', attempt: 1});
});

test('a failing snapshot fails its own step and not the traffic step', async () => {
  const {perform} = stage(() => Promise.reject(new Error('the store is away')));
  expect(await perform('traffic')).toMatchObject({outcome: 'done'});
  await expect(perform('snapshot')).rejects.toThrow('the store is away');
});
