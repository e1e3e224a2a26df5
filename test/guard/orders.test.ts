import {describe, expect, test} from 'vitest';
import type {DueAlert} from '../../source/analysis/judge/findings.ts';
import type {Judgement} from '../../source/analysis/judge/judge.ts';
import {alertOrders, ordersOf, type Order, type GuardInput} from '../../source/guard/orders.ts';
import type {VerdictAction} from '../../source/release/command.ts';
import type {Reason} from '../../source/release/state.ts';
import {begin, complete, next, pause, run, start} from '../release/orders.ts';
import {fourPhases, hooks} from '../release/plans.ts';
import {given, guard, liu, wait, MINUTE, SECOND, type Happening} from '../release/specification.ts';

const ops = guard(1);
const taken = {type: 'take-guard', by: ops} as const;

function because(code: string, text = code, metric: string | null = null): Reason {
  return {code, metric, value: 6.2, threshold: 5, samples: 1204, windowSeconds: 300, text};
}

/** What the judge says; of the rest that all is well. */
function says(action: VerdictAction, reasons: Reason[], more: Partial<Judgement> = {}): Judgement {
  return {
    guardrails: [],
    criteria: [],
    ratio: {observed: 5, expected: null, requests: 100, by: 'requests', windowSeconds: 60, isOff: false},
    gray: {ageMs: 0, isSilent: false},
    shouting: null,
    prod: {ageMs: 0, isSilent: false},
    evidence: null,
    verdict: {action, reasons, at: 0},
    because: [],
    alerts: [],
    next: null,
    left: [],
    heldClock: null,
    ...more,
  };
}

const HOLD = says('hold', [because('phase_time')]);
const ADVANCE = says('advance', [because('phase_served', 'alpha has run 1 h')], {
  next: 'phase',
  left: [{text: 'error_rate < 1 %', outcome: 'holds'}],
});
const ROLLBACK = says('rollback', [
  because('guardrail', 'error rate 6.2 %'),
  because('evidence', 'beyond chance'),
]);

function orders(
  judgement: Judgement,
  history: readonly Happening[],
  differsForMs: number | null = null,
  unapplied: GuardInput['unapplied'] = [],
): Order[] {
  const {state, release, at} = given(...history);
  const differsSince = differsForMs === null ? null : at - differsForMs;
  return ordersOf({state, release, judgement, now: at, differsSince, unapplied} satisfies GuardInput);
}

const intents = (list: Order[]) => list.map(({intent}) => intent);
/** A release whose verdict is known. */
const judged = (action: VerdictAction, reasons: Reason[]): Happening[] => [
  start(),
  taken,
  wait(MINUTE),
  {type: 'verdict', release: 'r-1', action, reasons, by: ops},
];
const held = judged('hold', [because('phase_time')]);

describe('a verdict', () => {
  test('is written before what follows from it, with its reasons', () => {
    expect(orders(ROLLBACK, held)).toEqual([
      {intent: {type: 'verdict', release: 'r-1', action: 'rollback', reasons: ROLLBACK.verdict.reasons}},
      {intent: {type: 'rollback', release: 'r-1'}, reason: 'error rate 6.2 %; beyond chance'},
    ]);
  });

  test('is not written each second', () => {
    const other = says('hold', [{...because('phase_time'), value: 7, text: 'alpha has 41 s left'}]);
    expect(orders(other, held)).toEqual([]);
  });

  test('is written anew when its reasons have changed and the last is a while back', () => {
    const other = says('hold', [because('criterion_fails')]);
    expect(orders(other, [...held, wait(5 * SECOND)])).toEqual([]);
    expect(intents(orders(other, [...held, wait(10 * SECOND)]))).toMatchObject([{type: 'verdict'}]);
  });

  test('of another action does not wait', () => {
    const other = says('pause', [because('guardrail')]);
    expect(intents(orders(other, held))).toMatchObject([{type: 'verdict', action: 'pause'}, {type: 'pause'}]);
  });

  test('that only says that nothing is known yet waits until something can be', () => {
    expect(orders(HOLD, [start(), taken])).toEqual([]);
    expect(intents(orders(HOLD, [start(), taken, wait(5 * SECOND)]))).toMatchObject([{type: 'verdict'}]);
    expect(intents(orders(ROLLBACK, [start(), taken]))).toMatchObject([
      {type: 'verdict'},
      {type: 'rollback'},
    ]);
  });
});

describe('a guard', () => {
  test('enters the next phase with what the criteria came to', () => {
    expect(orders(ADVANCE, held).at(-1)).toEqual({
      intent: {
        type: 'next',
        release: 'r-1',
        from: 0,
        criteria: [{text: 'error_rate < 1 %', outcome: 'holds'}],
      },
      reason: 'alpha has run 1 h',
    });
  });

  test('completes after the last phase', () => {
    const last = [start(fourPhases({complete: 'auto'})), taken, next(0), next(1), next(2)];
    expect(intents(orders({...ADVANCE, next: 'complete'}, last)).at(-1)).toEqual({
      type: 'complete',
      release: 'r-1',
    });
  });

  test('does not raise what a person has paused, and rolls it back all the same', () => {
    const paused = [...held, pause()];
    expect(intents(orders(ADVANCE, paused)).map(({type}) => type)).toEqual(['verdict']);
    expect(intents(orders(says('pause', [because('guardrail')]), paused)).map(({type}) => type)).toEqual([
      'verdict',
    ]);
    expect(intents(orders(ROLLBACK, paused)).map(({type}) => type)).toEqual(['verdict', 'rollback']);
  });

  const promoting = (...names: ('promote' | 'demote')[]): Happening[] => [
    start(fourPhases({hooks: hooks(...names)})),
    taken,
    complete(),
    ...run('promotion.traffic'),
    begin('promotion.promote'),
  ];

  test('rolls back while prod is being promoted, where something leads back', () => {
    expect(intents(orders(ROLLBACK, promoting('promote', 'demote'))).map(({type}) => type)).toEqual([
      'verdict',
      'rollback',
    ]);
  });

  test('calls for a person where prod is the new version already and nothing leads back', () => {
    const list = intents(orders(ROLLBACK, promoting('promote')));
    expect(list).toMatchObject([{type: 'verdict'}, {type: 'alert', level: 'critical'}]);
    expect(list.at(-1)).toMatchObject({message: expect.stringContaining('no demote hook') as string});
  });
});

describe('the phase clock', () => {
  const silent = (ageMs: number | null) =>
    ({...HOLD, heldClock: 'no-data', gray: {ageMs, isSilent: true}}) as const;

  test('stands when gray is silent, from when it was heard last', () => {
    const {at} = given(...held, wait(10 * MINUTE));
    expect(intents(orders(silent(90_000), [...held, wait(10 * MINUTE)]))).toEqual([
      {type: 'hold-clock', release: 'r-1', why: 'nothing is heard of gray', since: at - 90_000},
    ]);
  });

  test('stands from the change of the split on when gray was never heard, but not at once', () => {
    const {release} = given(...held);
    expect(orders(silent(null), [start(), taken, wait(2 * SECOND)])).toEqual([]);
    expect(intents(orders(silent(null), [...held, wait(10 * MINUTE)]))).toMatchObject([
      {type: 'hold-clock', since: release.splitChangedAt},
    ]);
  });

  test('stands when routers do not follow, from when they differed, but not for the moment they need', () => {
    const behind = {...HOLD, heldClock: 'not-applied'} as const;
    const {at} = given(...held);
    expect(orders(behind, held, 2000)).toEqual([]);
    expect(intents(orders(behind, held, 4000))).toEqual([
      {type: 'hold-clock', release: 'r-1', why: 'not every router has applied 5 %', since: at - 4000},
    ]);
  });

  test('runs again when all is there, and is not told twice', () => {
    const standing: Happening[] = [
      ...held,
      {type: 'hold-clock', release: 'r-1', why: 'nothing is heard of gray', by: ops},
    ];
    expect(orders(silent(90_000), standing)).toEqual([]);
    expect(intents(orders(HOLD, standing))).toEqual([{type: 'run-clock', release: 'r-1'}]);
  });

  test('is left alone while a person has paused', () => {
    expect(orders(silent(90_000), [...held, pause()])).toEqual([]);
  });
});

describe('an alert', () => {
  const due: DueAlert = {
    key: 'judge alert error_rate > 5 % for 0',
    level: 'critical',
    message: 'gray error rate 6.2 %',
  };
  const raised: Happening = {type: 'alert', alert: 'a-1', ...due, by: ops};

  test('is raised once a condition, and resolved when it is over', () => {
    const {state: quiet} = given(...held);
    expect(alertOrders(quiet, [due])).toEqual([{intent: {type: 'alert', ...due}}]);
    const {state: loud} = given(...held, raised);
    expect(alertOrders(loud, [due])).toEqual([]);
    expect(alertOrders(loud, [])).toEqual([{intent: {type: 'resolve', alert: 'a-1'}}]);
    const {state: over} = given(...held, raised, {type: 'resolve', alert: 'a-1'});
    expect(alertOrders(over, [])).toEqual([]);
    expect(alertOrders(over, [due])).toEqual([{intent: {type: 'alert', ...due}}]);
  });

  test('that a person has raised is not resolved', () => {
    const {state} = given(...held, {
      type: 'alert',
      alert: 'a-2',
      level: 'warning',
      message: 'refunds look slow',
      by: liu,
    });
    expect(alertOrders(state, [])).toEqual([]);
  });

  test('that came back right after it was over is over only once it has been quiet for a while', () => {
    const back: Happening = {type: 'alert', alert: 'a-2', ...due, by: ops};
    const {state, at} = given(...held, raised, {type: 'resolve', alert: 'a-1'}, back);
    expect(alertOrders(state, [], at + 30_000)).toEqual([]);
    expect(alertOrders(state, [], at + MINUTE)).toEqual([{intent: {type: 'resolve', alert: 'a-1'}}]);
    // Where nobody gets gray any more there is nothing that could come back.
    expect(alertOrders(state, [])).toEqual([{intent: {type: 'resolve', alert: 'a-1'}}]);
  });

  test('tells of routers that do not follow, and of nothing while they take a moment', () => {
    const keys = (differsForMs: number) =>
      intents(orders(HOLD, held, differsForMs)).map(intent => ('key' in intent ? intent.key : null));
    expect(keys(29_000)).not.toContain('guard routers');
    expect(keys(30_000)).toContain('guard routers');
    const routers = [
      {name: 'edge web-1', trouble: 'nginx does not answer'},
      ...['2', '3', '4'].map(name => ({name})),
    ];
    expect(intents(orders(HOLD, held, 30_000, routers)).at(-1)).toMatchObject({
      level: 'warning',
      message: 'not every router has applied 5 %: edge web-1 (nginx does not answer), 2, 3, and 1 more',
    });
  });

  test('tells that gray is silent, once it has been for long, and that it is over', () => {
    const silent = (ageMs: number | null) =>
      ({...HOLD, heldClock: 'no-data', gray: {ageMs, isSilent: true}}) as const;
    const standing: Happening[] = [
      ...held,
      {type: 'hold-clock', release: 'r-1', why: 'nothing is heard of gray', by: ops},
    ];
    const told = (ageMs: number | null, history: Happening[]) =>
      intents(orders(silent(ageMs), history)).filter(({type}) => type === 'alert');
    expect(told(119_000, standing)).toEqual([]);
    expect(told(120_000, standing)).toMatchObject([
      {
        level: 'critical',
        key: 'guard silence',
        message: 'gray is silent: no sample for 2 min at 5 %; look whether gray runs and reports',
        cause: {code: 'no_data', value: 120},
      },
    ]);
    expect(told(null, [...standing, wait(60 * MINUTE)])).toMatchObject([{level: 'critical'}]);
    // A guard that has just begun may not have read everything; where nobody gets gray it may well be silent.
    expect(told(null, [...held, wait(60 * MINUTE)])).toEqual([]);
    const due = {level: 'critical', message: 'gray is silent', key: 'guard silence'} as const;
    const open: Happening[] = [
      ...standing,
      {type: 'alert', alert: 'a-1', ...due, by: ops},
      wait(10 * MINUTE),
    ];
    expect(intents(orders(HOLD, open))).toContainEqual({type: 'resolve', alert: 'a-1'});
  });

  test('tells of a phase that makes no progress', () => {
    expect(intents(orders(HOLD, [...held, wait(10 * 60 * MINUTE)])).at(-1)).toMatchObject({
      type: 'alert',
      level: 'warning',
      key: 'guard overdue',
    });
  });
});
