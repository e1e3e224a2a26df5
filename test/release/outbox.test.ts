import {describe, expect, test} from 'vitest';
import {deliveryOf} from '../../source/release/dispatch.ts';
import * as orders from './orders.ts';
import {fourPhases, hooks, phase, planOf} from './plans.ts';
import {given, guard, wait, MINUTE, SECOND, type Order} from './specification.ts';

const raise: Order = {type: 'alert', alert: 'a-1', level: 'critical', message: 'gray is slow'};
const acknowledge: Order = {type: 'acknowledge', alert: 'a-1'};
const ops = guard(1);
const other = guard(2, 'guard on ops-2');

function begin(
  channels: readonly string[],
  more: {by?: Order['by']; dispatch?: string; afterMs?: number} = {},
): Order {
  const {dispatch = 'raised a-1', afterMs = 0, by} = more;
  return {
    type: 'begin-delivery',
    dispatch,
    channels: channels.map(channel => ({channel, deadlineMs: 10 * SECOND, afterMs})),
    ...(by === undefined ? {} : {by}),
  };
}

function end(channel: string, more: Partial<Extract<Order, {type: 'end-delivery'}>> = {}): Order {
  return {type: 'end-delivery', dispatch: 'raised a-1', channel, outcome: 'done', ...more};
}

describe('the outbox', () => {
  test.each([
    ['pause', 0],
    ['rollback', 1],
  ] as const)('holds no notification of a hook that a %s has stopped', (type, told) => {
    const after = {argv: ['true'], timeoutMs: 1000, check: null};
    const step = {release: 'r-1', step: 'phase-2.after'} as const;
    const plan = planOf([phase('alpha', 5, {after}), phase('all', 100)]);
    const {state} = given(
      {type: 'start', release: 'r-1', version: 'v2', plan},
      {type: 'next', release: 'r-1', from: 0},
      {type: 'begin-step', ...step, deadlineMs: 1000},
      {type, release: 'r-1'},
      {type: 'end-step', ...step, outcome: 'failed', error: 'was stopped'},
    );
    expect(state.outbox.filter(({kind}) => kind === 'failed')).toEqual([]);
    expect(state.outbox).toHaveLength(told);
  });

  test('holds alerts, rollbacks, failed steps and completion of the log, each once', () => {
    const start: Order = {
      type: 'start',
      release: 'r-1',
      version: 'v2',
      plan: planOf(fourPhases().phases, {hooks: hooks('stop')}),
    };
    const {state} = given(
      start,
      raise,
      {type: 'rollback', release: 'r-1', reason: 'double charges'},
      {
        type: 'step-ended',
        release: 'r-1',
        step: 'rollback.notify',
        outcome: 'failed',
        error: '429',
        facts: {},
      },
      {type: 'step-ended', release: 'r-1', step: 'rollback.stop', outcome: 'failed', error: 'no', facts: {}},
    );
    expect(state.outbox).toMatchObject([
      {id: 'raised a-1', level: 'critical', text: 'gray is slow', deliveries: null},
      {id: 'rollback r-1', level: 'critical', release: 'r-1'},
      {
        id: expect.stringMatching(/^failed r-1 rollback\.stop \d$/u),
        level: 'critical',
        text: 'rollback.stop: no',
      },
    ]);
  });

  test('notifies the end of an alert only after 5 minutes', () => {
    const {state, at} = given(raise, {type: 'resolve', alert: 'a-1'});
    expect(state.outbox.at(-1)).toMatchObject({kind: 'over', level: 'info', notBefore: at + 5 * MINUTE});
  });

  test('is bounded, and drops settled notifications first', () => {
    const alerts = Array.from({length: 310}, (_, index): Order => ({
      ...raise,
      alert: `b-${index}`,
      message: `m ${index}`,
    }));
    const {state} = given(
      raise,
      begin(['slack']),
      ...alerts.slice(0, 290),
      end('slack'),
      ...alerts.slice(290),
    );
    expect(state.outbox).toHaveLength(300);
    expect(state.outbox.some(({id}) => id === 'raised a-1')).toBe(false);
    expect(state.outbox.at(-1)?.id).toBe('raised b-309');
  });
});

describe('a delivery', () => {
  test('begins for all channels in one event and ends for each', () => {
    const story = given(raise)
      .when(begin(['slack', 'mail']))
      .thenEvents({type: 'delivery-begun', dispatch: 'raised a-1'});
    expect(story.state.outbox[0]?.deliveries).toMatchObject([
      {channel: 'slack', state: 'sending', attempts: 1, isUnsure: false},
      {channel: 'mail', state: 'sending'},
    ]);
    const {state} = given(raise, begin(['slack', 'mail']), end('slack'));
    expect(state.outbox[0]?.deliveries?.map(({state}) => state)).toEqual(['done', 'sending']);
  });

  test('is ignored by an older Graydeck, which follows all other events', () => {
    const {events} = given(raise, begin(['slack']), end('slack'));
    const deliveries = events.filter(({type}) => type.startsWith('delivery'));
    expect(deliveries.map(event => 'ignorable' in event && event.ignorable)).toEqual([true, true]);
  });

  test('of another process is left to it until its deadline, and then may be a repeat', () => {
    const begun = [raise, begin(['slack'])] as const;
    given(...begun)
      .when(begin(['slack'], {by: {name: 'wang', kind: 'person'}}))
      .thenNothing('already-so');
    const {state} = given(
      ...begun,
      wait(11 * SECOND),
      begin(['slack'], {by: {name: 'wang', kind: 'person'}}),
    );
    expect(deliveryOf(state.outbox[0]!, 'slack')).toMatchObject({by: 'wang', attempts: 2, isUnsure: true});
  });

  test('that was refused is tried again when due, and is no repeat', () => {
    const refused = end('slack', {outcome: 'again', afterMs: 30 * SECOND, error: '429'});
    given(raise, begin(['slack']), refused)
      .when(begin(['slack']))
      .thenNothing('already-so');
    const {state} = given(raise, begin(['slack']), refused, wait(30 * SECOND), begin(['slack']));
    expect(deliveryOf(state.outbox[0]!, 'slack')).toMatchObject({attempts: 2, isUnsure: false, error: '429'});
    const unsure = given(
      raise,
      begin(['slack']),
      {...refused, unsure: true} as Order,
      wait(30 * SECOND),
      begin(['slack']),
    );
    expect(deliveryOf(unsure.state.outbox[0]!, 'slack')).toMatchObject({isUnsure: true});
  });

  test('that has ended never begins again, nor do channels that were added later', () => {
    for (const outcome of ['done', 'failed'] as const)
      given(raise, begin(['slack']), end('slack', {outcome}), wait(MINUTE))
        .when(begin(['slack', 'pager']))
        .thenNothing('already-so');
  });

  test('that failed or waits is due at once when a person retries its step', () => {
    const dispatch = 'rollback r-1';
    const tried = (outcome: 'again' | 'failed' | 'done'): Order[] => [
      orders.rollback(),
      ...orders.run('rollback.traffic'),
      begin(['slack'], {dispatch}),
      end('slack', {dispatch, outcome, error: '503', ...(outcome === 'again' && {afterMs: MINUTE})}),
      orders.begin('rollback.notify'),
      orders.end('rollback.notify', 'failed'),
    ];
    for (const outcome of ['again', 'failed'] as const) {
      given(orders.start(), ...tried(outcome))
        .when(begin(['slack'], {dispatch}))
        .thenNothing('already-so');
      given(orders.start(), ...tried(outcome), orders.retry('rollback.notify'))
        .when(begin(['slack'], {dispatch}))
        .thenEvents({type: 'delivery-begun'});
    }
    given(orders.start(), ...tried('done'), orders.retry('rollback.notify'))
      .when(begin(['slack'], {dispatch}))
      .thenNothing('already-so');
  });

  test('is ended also by a guard that has lost its epoch meanwhile', () => {
    const begun = [{type: 'take-guard', by: ops}, raise, begin(['slack'], {by: ops})] as const;
    const {state} = given(...begun, {type: 'take-guard', by: other}, end('slack', {by: ops}));
    expect(deliveryOf(state.outbox[0]!, 'slack')?.state).toBe('done');
    given(...begun, {type: 'take-guard', by: other})
      .when(begin(['slack'], {by: ops}))
      .thenRefused('old-epoch');
  });

  test('that another sender has taken over is ended by that sender, unless it was delivered', () => {
    const wang = {name: 'wang', kind: 'person'} as const;
    const taken = [raise, begin(['slack']), wait(11 * SECOND), begin(['slack'], {by: wang})] as const;
    given(...taken)
      .when(end('slack', {outcome: 'failed'}))
      .thenNothing('already-so');
    given(...taken)
      .when(end('slack'))
      .thenEvents({type: 'delivery-ended', outcome: 'done'});
  });

  test('of an unknown notification or with an invalid time is refused', () => {
    given(raise)
      .when(begin(['slack'], {dispatch: 'raised a-9'}))
      .thenRefused('unknown-dispatch', 'a-9');
    given(raise)
      .when(begin(['']))
      .thenRefused('bad-input');
    given(raise)
      .when(begin(['slack'], {afterMs: -1}))
      .thenRefused('bad-input');
    given(raise, acknowledge).when(end('slack')).thenNothing('already-so');
  });

  test('without a channel is settled at once', () => {
    const {state} = given(raise, begin([]));
    expect(state.outbox[0]?.deliveries).toEqual([]);
    given(raise, begin([])).when(begin([])).thenNothing('already-so');
  });
});
