import {describe, expect, test} from 'vitest';
import {mayResolve} from '../../source/release/alerting.ts';
import {fourPhases} from './plans.ts';
import {given, guard, liu, wait, DAY, HOUR, MINUTE, SECOND, type Order} from './specification.ts';

const ops = guard(1);
const takeGuard = {type: 'take-guard', by: ops} as const;
const raise = (alert: string, rest: Partial<Extract<Order, {type: 'alert'}>> = {}): Order => ({
  type: 'alert',
  alert,
  level: 'warning',
  message: 'gray is slow',
  ...rest,
});
const silence = (match: string, forMs: number, id = 's-1'): Order => ({
  type: 'silence',
  silence: id,
  match,
  forMs,
});
const acknowledge = (alert: string): Order => ({type: 'acknowledge', alert});
const resolve = (alert: string): Order => ({type: 'resolve', alert});

describe('an alert', () => {
  test('has one life: raised, acknowledged, resolved', () => {
    const {state, at} = given(raise('a-1'), acknowledge('a-1'), resolve('a-1'));
    expect(state.alerts).toMatchObject([
      {
        id: 'a-1',
        level: 'warning',
        raisedBy: liu.name,
        acknowledgedBy: liu.name,
        resolvedAt: at,
        silenced: false,
      },
    ]);
  });

  test('keeps its cause as code and numbers if it has one', () => {
    const cause = {
      code: 'guardrail',
      metric: 'error_rate',
      value: 8.3,
      threshold: 5,
      samples: 900,
      windowSeconds: 60,
      text: 'gray error rate 8.3 %, passes at 5 % or less',
    };
    const {state} = given(raise('a-1', {cause}), raise('a-2', {message: 'by hand'}));
    expect(state.alerts[0]?.cause).toEqual(cause);
    expect(state.alerts[1]).not.toHaveProperty('cause');
  });

  test('that a guard repeats each second is one alert, written once', () => {
    given(takeGuard, raise('a-1', {by: ops}))
      .when(raise('a-2', {by: ops}))
      .thenNothing('already-so');
  });

  test('that a person raises again is recorded as repeated', () => {
    const {state} = given(raise('a-1')).when(raise('a-2')).thenEvents({type: 'alert-repeated', alert: 'a-1'});
    expect(state.alerts).toMatchObject([{id: 'a-1', repeats: 1}]);
  });

  test('that becomes worse replaces the milder one', () => {
    const {state} = given(raise('a-1', {key: 'slow'}))
      .when(raise('a-2', {key: 'slow', level: 'critical', message: 'gray is very slow'}))
      .thenEvents(
        {type: 'alert-resolved', alert: 'a-1'},
        {type: 'alert-raised', alert: 'a-2', level: 'critical'},
      );
    expect(state.alerts.filter(({resolvedAt}) => resolvedAt === null)).toMatchObject([{id: 'a-2'}]);
    given(takeGuard, raise('a-1', {level: 'critical', by: ops}))
      .when(raise('a-2', {by: ops}))
      .thenNothing('already-so');
  });

  test('is new after the one before has ended', () => {
    given(raise('a-1'), resolve('a-1')).when(raise('a-2')).thenEvents({type: 'alert-raised', alert: 'a-2'});
  });

  test('is acknowledged and resolved once', () => {
    given(raise('a-1'), acknowledge('a-1')).when(acknowledge('a-1')).thenNothing('already-so');
    given(raise('a-1'), resolve('a-1')).when(resolve('a-1')).thenNothing('already-so');
    given().when(acknowledge('a-9')).thenRefused('unknown-alert', 'a-9');
    given().when(resolve('a-9')).thenRefused('unknown-alert', 'a-9');
  });

  test.each([
    {message: ''},
    {message: ' \n'},
    {message: 'x'.repeat(2001)},
    {message: 7 as never},
    {key: 'x'.repeat(2001)},
    {key: 7 as never},
    {level: 'loud' as never},
    {level: 'constructor' as never},
    {alert: ''},
    {alert: 'a\u001B[2J'},
    {alert: 'a-1'},
  ])('cannot be raised with %j', rest => {
    given(raise('a-1', {key: 'other'}))
      .when(raise('a-2', rest))
      .thenRefused('bad-input');
  });
});

describe('what is kept of alerts', () => {
  const many = (count: number, from = 0) =>
    Array.from({length: count}, (_, n) => raise(`a-${from + n}`, {key: `key ${from + n}`}));

  test('is bounded', () => {
    expect(given(...many(130)).state.alerts).toHaveLength(100);
  });

  test('drops settled alerts before open ones', () => {
    const {state} = given(...many(50), acknowledge('a-40'), resolve('a-45'), ...many(52, 50));
    const ids = state.alerts.map(({id}) => id);
    expect(ids).not.toContain('a-40');
    expect(ids).not.toContain('a-45');
    expect(ids).toContain('a-0');
  });
});

describe('a silence', () => {
  test('keeps what matches it quiet while it lasts, and no longer', () => {
    const quiet = [silence('slow', HOUR)];
    expect(given(...quiet, raise('a-1')).state.alerts).toMatchObject([{silenced: true}]);
    expect(given(...quiet, raise('a-1', {message: 'errors'})).state.alerts).toMatchObject([
      {silenced: false},
    ]);
    expect(given(...quiet, wait(HOUR - SECOND), raise('a-1')).state.alerts).toMatchObject([
      {silenced: false},
    ]);
  });

  test('matches part of a message or key in any case, or everything', () => {
    expect(given(silence('SLOW', HOUR), raise('a-1')).state.alerts).toMatchObject([{silenced: true}]);
    expect(given(silence('p95', HOUR), raise('a-1', {key: 'gray.P95'})).state.alerts).toMatchObject([
      {silenced: true},
    ]);
    expect(given(silence('*', HOUR), raise('a-1')).state.alerts).toMatchObject([{silenced: true}]);
  });

  test('replaces a silence with the same match, so that it can end early', () => {
    const {state} = given(silence('*', DAY), silence('*', MINUTE, 's-2'));
    expect(state.silences).toMatchObject([{id: 's-2', match: '*'}]);
    expect(
      given(silence('*', DAY), silence('*', MINUTE, 's-2'), wait(HOUR), raise('a-1')).state.alerts,
    ).toMatchObject([{silenced: false}]);
  });

  test('that is over is forgotten with the next one', () => {
    expect(given(silence('a', MINUTE), wait(HOUR), silence('b', MINUTE, 's-2')).state.silences).toHaveLength(
      1,
    );
  });

  test('is one of at most a hundred', () => {
    const many = Array.from({length: 100}, (_, n) => silence(`part ${n}`, HOUR, `s-${n}`));
    given(...many)
      .when(silence('more', HOUR))
      .thenRefused('bad-input', '100 silences already');
    given(...many)
      .when(silence('part 3', HOUR))
      .thenEvents({type: 'alerts-silenced'});
  });

  test.each([
    silence('', HOUR),
    silence('x', 0),
    silence('x', -1),
    silence('x', Number.NaN),
    silence('x', 31 * DAY),
    silence('x'.repeat(201), HOUR),
    silence('x', HOUR, ''),
    silence(7 as never, HOUR),
  ])('cannot be %j', order => {
    given().when(order).thenRefused('bad-input');
  });
});

describe('a condition that flaps', () => {
  const flap = raise('a-2', {by: ops});
  const over = {...resolve('a-1'), by: ops};

  test('reopens the same alert within 5 minutes, without a new notification', () => {
    const story = given(takeGuard, raise('a-1', {by: ops}), over, wait(4 * MINUTE));
    const {state} = story.when(flap).thenEvents({type: 'alert-repeated', alert: 'a-1'});
    expect(state.alerts).toMatchObject([{id: 'a-1', resolvedAt: null, reopenings: 1}]);
    expect(state.outbox.map(({id}) => id)).toEqual(['raised a-1']);
  });

  test('raises a new alert after more than 5 minutes, or if it has become worse', () => {
    given(takeGuard, raise('a-1', {by: ops}), over, wait(5 * MINUTE))
      .when(flap)
      .thenEvents({type: 'alert-raised', alert: 'a-2'});
    given(takeGuard, raise('a-1', {by: ops}), over)
      .when({...flap, level: 'critical'} as Order)
      .thenEvents({type: 'alert-raised', alert: 'a-2'});
  });

  test('raises a new alert in the next release', () => {
    const plan = fourPhases();
    const start = (release: string): Order => ({
      type: 'start',
      release,
      version: release,
      plan,
      supersede: true,
    });
    const taken = [start('r-1'), takeGuard, raise('a-1', {by: ops}), over] as const;
    const story = given(
      ...taken,
      {type: 'rollback', release: 'r-1'},
      {type: 'release-rolled-back', release: 'r-1'},
    );
    expect(story.state.release?.state).toBe('rolled_back');
    given(
      ...taken,
      {type: 'rollback', release: 'r-1'},
      {type: 'release-rolled-back', release: 'r-1'},
      start('r-2'),
    )
      .when(flap)
      .thenEvents({type: 'alert-raised', alert: 'a-2'});
  });

  test('waits longer before it is resolved, the more often it reopened', () => {
    const {state, at} = given(takeGuard, raise('a-1', {by: ops}));
    const alert = state.alerts[0]!;
    expect(mayResolve(alert, at)).toBe(true);
    const waits = [1, 2, 3, 4, 5, 6].map(reopenings => {
      const back = {...alert, reopenings, reopenedAt: at};
      return [1, 2, 4, 8, 15, 20].find(minutes => mayResolve(back, at + minutes * MINUTE));
    });
    expect(waits).toEqual([1, 2, 4, 8, 15, 15]);
  });

  test('that a person raises again is a new alert', () => {
    given(raise('a-1'), resolve('a-1')).when(raise('a-2')).thenEvents({type: 'alert-raised', alert: 'a-2'});
  });
});

describe('a critical alert without acknowledgement', () => {
  const critical = raise('a-1', {level: 'critical'});
  const escalate: Order = {type: 'escalate', alert: 'a-1', afterMs: 10 * MINUTE};

  test('is escalated three times, each time after a longer pause', () => {
    given(critical).when(escalate).thenNothing('already-so');
    const first = given(critical, wait(10 * MINUTE)).when(escalate);
    expect(first.thenEvents({type: 'alert-escalated', alert: 'a-1'}).state.outbox.at(-1)).toMatchObject({
      id: 'escalated a-1 1',
      level: 'critical',
      alert: 'a-1',
    });
    const waits = [10, 20, 40].flatMap(minutes => [wait(minutes * MINUTE), escalate]);
    given(critical, ...waits, wait(DAY))
      .when(escalate)
      .thenNothing('already-so');
    given(critical, ...waits.slice(0, 2))
      .when(escalate)
      .thenNothing('already-so');
  });

  test('is not escalated once acknowledged, while silenced, and below critical', () => {
    given(critical, acknowledge('a-1'), wait(DAY)).when(escalate).thenNothing('already-so');
    given(critical, resolve('a-1'), wait(DAY)).when(escalate).thenNothing('already-so');
    given(critical, wait(HOUR), silence('slow', HOUR)).when(escalate).thenNothing('already-so');
    given(raise('a-1'), wait(DAY)).when(escalate).thenNothing('already-so');
    given().when(escalate).thenRefused('unknown-alert', 'a-1');
  });
});
