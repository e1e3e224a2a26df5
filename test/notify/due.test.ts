import {describe, expect, test} from 'vitest';
import {ADOPT_MS, keyOf, nextDue, type Due, type Sight} from '../../source/notify/due.ts';
import {JUDGE_KEY} from '../../source/analysis/judge/findings.ts';
import type {ChannelRoute} from '../../source/release/channel.ts';
import {fourPhases} from '../release/plans.ts';
import {
  given,
  guard,
  wait,
  HOUR,
  MINUTE,
  SECOND,
  type Happening,
  type Order,
} from '../release/specification.ts';

type Route = ChannelRoute & {perMinute: number};

const route = (name: string, level: Route['level'], more: Partial<Route> = {}): Route => ({
  name,
  level,
  features: null,
  perMinute: 30,
  ...more,
});
/** As it is where nobody says otherwise. */
const seed = [
  route('slack', 'info'),
  route('mail', 'warning'),
  route('sms', 'critical'),
  route('ops', 'critical'),
];

const raise = (level: 'info' | 'warning' | 'critical', alert = 'a-1', more = {}): Order => ({
  type: 'alert',
  alert,
  level,
  message: `something is ${level}`,
  ...more,
});
const begin = (dispatch: string, ...channels: string[]): Order => ({
  type: 'begin-delivery',
  dispatch,
  channels: channels.map(channel => ({channel, deadlineMs: 10 * SECOND, afterMs: 0})),
});
const done = (dispatch: string, channel: string): Order => ({
  type: 'end-delivery',
  dispatch,
  channel,
  outcome: 'done',
});
const start: Order = {type: 'start', release: 'r-1', version: 'v2', plan: fourPhases()};

function due(history: readonly Happening[], more: Partial<Sight> = {}, routes: readonly Route[] = seed): Due {
  const {state, at} = given(...history);
  const sight = {state, now: at, actor: 'guard on ops-1', isOnDuty: true, busy: new Set<string>()};
  return nextDue({...sight, escalateAfterMs: 10 * MINUTE, ...more}, routes);
}

/** What is begun next, as `what: channels`. */
function told(history: readonly Happening[], more: Partial<Sight> = {}, routes = seed): string {
  const next = due(history, more, routes);
  if (next.what !== 'begin') return next.what;
  return `${next.dispatch.id}: ${next.channels.map(({channel}) => channel).join(' ')}`;
}

describe('who is told', () => {
  test('goes by level: info to Slack, warnings also by mail, what is critical everywhere', () => {
    expect(told([raise('info')])).toBe('raised a-1: slack');
    expect(told([raise('warning')])).toBe('raised a-1: slack mail');
    expect(told([raise('critical')])).toBe('raised a-1: slack mail sms ops');
  });

  test('is everybody at a rollback, and that comes first', () => {
    const taken = [start, raise('critical'), {type: 'rollback', release: 'r-1'} as Order];
    expect(told(taken)).toBe('rollback r-1: slack mail sms ops');
    const last = [...seed, route('diary', 'critical', {features: ['search']})];
    expect(told(taken, {}, last)).not.toContain('diary');
  });

  test('of a rollback by the guard hears of it once: what the judge raised with it says nothing more', () => {
    const rollback: Order = {type: 'rollback', release: 'r-1'};
    const judged = (alert: string, level: 'warning' | 'critical') =>
      raise(level, alert, {key: `${JUDGE_KEY}guardrail ${alert}`});
    const told1 = [begin('rollback r-1', 'slack'), done('rollback r-1', 'slack')];
    // The alert of the same look, before or after it, and another guardrail's warning a moment later.
    expect(told([start, judged('a-1', 'critical'), rollback, ...told1])).toBe('wait');
    expect(told([start, rollback, ...told1, judged('a-1', 'critical'), judged('a-2', 'warning')])).toBe(
      'wait',
    );
    // What a person says, and what was wrong long before, is told.
    expect(told([start, rollback, ...told1, raise('critical')])).toBe('raised a-1: slack mail sms ops');
    expect(told([start, judged('a-1', 'critical'), wait(MINUTE), rollback, ...told1])).toBe(
      'raised a-1: slack mail sms ops',
    );
    // Another release is another story.
    const again: Order = {...start, release: 'r-2'};
    const ended = {type: 'release-rolled-back', release: 'r-1'} as const;
    expect(told([start, rollback, ...told1, ended, again, judged('a-1', 'critical')])).toBe(
      'raised a-1: slack mail sms ops',
    );
  });

  test('goes by feature where a channel names some', () => {
    const routes = [
      route('slack', 'info', {features: ['search']}),
      route('mail', 'info', {features: ['new_payment']}),
    ];
    expect(told([raise('info')], {}, routes)).toBe('raised a-1: mail');
  });

  test('of a faulty channel are the others', () => {
    expect(told([raise('warning', 'a-1', {key: 'channel mail'})])).toBe('raised a-1: slack');
    // Where there is no other, nobody is: the screen shows it.
    expect(told([raise('warning', 'a-1', {key: 'channel mail'})], {}, [route('mail', 'info')])).toBe('wait');
  });
});

describe('what is told', () => {
  test('is nothing that somebody silenced, until the silence ends and it is still so', () => {
    const silence: Order = {type: 'silence', silence: 's-1', match: 'critical', forMs: HOUR};
    expect(due([silence, raise('critical')])).toEqual({what: 'wait', until: given(silence).at + HOUR});
    expect(told([silence, raise('critical'), wait(HOUR)])).toBe('raised a-1: slack mail sms ops');
    expect(told([silence, raise('critical'), {type: 'resolve', alert: 'a-1'}, wait(HOUR)])).toBe('wait');
    expect(told([silence, raise('warning')])).toBe('raised a-1: slack mail');
  });

  test('is no news of an hour ago, but for an alert that nobody has seen', () => {
    expect(told([start, {type: 'rollback', release: 'r-1'}, wait(HOUR + SECOND)])).toBe('wait');
    expect(told([raise('critical'), {type: 'acknowledge', alert: 'a-1'}, wait(HOUR)])).toBe('wait');
    expect(told([raise('critical'), wait(9 * HOUR)])).toBe('raised a-1: slack mail sms ops');
  });

  test('is that an alert is over, to those who were told of it, once it has stayed over', () => {
    const over: Order = {type: 'resolve', alert: 'a-1'};
    const was = [raise('critical'), begin('raised a-1', 'slack'), done('raised a-1', 'slack'), over];
    expect(told(was)).toBe('wait');
    expect(told([...was, wait(5 * MINUTE)])).toBe('over a-1 0: slack');
    // Of what nobody had begun to tell, its end is no news; of what has grown worse neither.
    expect(told([raise('critical'), over, wait(5 * MINUTE)])).not.toContain('over');
    const worse = [raise('warning'), begin('raised a-1', 'slack'), done('raised a-1', 'slack')];
    const grown = raise('critical', 'a-2', {key: 'something is warning'});
    const settled = [begin('raised a-2', 'slack'), done('raised a-2', 'slack'), wait(5 * MINUTE)];
    expect(told([...worse, grown, ...settled], {escalateAfterMs: null})).toBe('wait');
  });

  test('is critical again after a time, where nobody has acknowledged it', () => {
    const raised = [raise('critical'), begin('raised a-1', 'sms'), done('raised a-1', 'sms')];
    expect(due([...raised, wait(10 * MINUTE)])).toEqual({what: 'escalate', alert: 'a-1'});
    expect(due([...raised, wait(10 * MINUTE)], {escalateAfterMs: null})).toMatchObject({what: 'wait'});
    expect(due([...raised, wait(10 * MINUTE)], {isOnDuty: false})).toMatchObject({what: 'wait'});
    expect(due([...raised, {type: 'acknowledge', alert: 'a-1'}, wait(10 * MINUTE)])).toMatchObject({
      what: 'wait',
    });
    const escalated: Order = {type: 'escalate', alert: 'a-1', afterMs: 10 * MINUTE};
    expect(told([...raised, wait(10 * MINUTE), escalated])).toBe('escalated a-1 1: slack mail sms ops');
  });

  test('is put off where a channel has had its fill, but for a rollback', () => {
    const many = Array.from({length: 5}, (_, index) =>
      raise('critical', `b-${index}`, {message: `${index}`}),
    );
    const told = many.flatMap((_, index) => [
      begin(`raised b-${index}`, 'sms'),
      done(`raised b-${index}`, 'sms'),
    ]);
    const routes = [route('sms', 'critical', {perMinute: 5}), route('slack', 'info')];
    expect(due([...many, ...told, raise('critical')], {}, routes)).toMatchObject({
      channels: [
        {channel: 'sms', afterMs: MINUTE},
        {channel: 'slack', afterMs: 0},
      ],
    });
    expect(due([start, ...many, ...told, {type: 'rollback', release: 'r-1'}], {}, routes)).toMatchObject({
      channels: [{channel: 'sms', afterMs: 0}, {channel: 'slack'}],
    });
    expect(due([...many, ...told, wait(MINUTE), raise('critical')], {}, routes)).toMatchObject({
      channels: [{afterMs: 0}, {afterMs: 0}],
    });
  });
});

describe('who tells it', () => {
  const begun = [raise('info'), begin('raised a-1', 'slack')];

  test('is whoever is on duty, at once; a bystander after a while', () => {
    const {at} = given(raise('info'));
    expect(due([raise('info')], {isOnDuty: false})).toEqual({what: 'wait', until: at + ADOPT_MS});
    expect(told([raise('info'), wait(ADOPT_MS)], {isOnDuty: false})).toBe('raised a-1: slack');
  });

  test('is a successor once nobody can be at it any more', () => {
    const by = given(...begun).state.outbox[0]!.deliveries![0]!;
    expect(due(begun)).toEqual({what: 'wait', until: by.deadline});
    expect(told([...begun, wait(10 * SECOND)])).toBe('raised a-1: slack');
    expect(told(begun, {actor: by.by})).toBe('raised a-1: slack');
    expect(told(begun, {actor: by.by, busy: new Set([keyOf('raised a-1', 'slack')])})).toBe('wait');
  });

  test('is nobody where the channel is known elsewhere only', () => {
    expect(told([raise('info'), begin('raised a-1', 'pager'), wait(HOUR)])).toBe('wait');
  });

  test('comes back when the receiver said so', () => {
    const again: Order = {
      type: 'end-delivery',
      dispatch: 'raised a-1',
      channel: 'slack',
      outcome: 'again',
      afterMs: 30 * SECOND,
    };
    expect(due([...begun, again])).toEqual({what: 'wait', until: given(...begun, again).at + 30 * SECOND});
    expect(told([...begun, again, wait(30 * SECOND)])).toBe('raised a-1: slack');
  });

  test('never tells again what was told', () => {
    expect(told([...begun, done('raised a-1', 'slack'), wait(HOUR)])).toBe('wait');
    expect(told([{type: 'take-guard', by: guard(1)}])).toBe('wait');
  });
});
