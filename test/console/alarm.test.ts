import {describe, expect, test} from 'vitest';
import {alarmOf} from '../../source/console/alarm.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {MASKED, OPEN} from '../../source/console/present/clean.ts';
import {fourPhases} from '../release/plans.ts';
import {given, wait, MINUTE, type Happening, type Order} from '../release/specification.ts';

const raise = (alert: string, level: 'warning' | 'critical', message = 'gray is slow'): Order => ({
  type: 'alert',
  alert,
  level,
  message,
});
const alarm = (history: readonly Happening[], clean = OPEN) =>
  alarmOf(given(...history).state, messagesOf('en'), clean);

describe('the bell and the title', () => {
  test('speak of what is critical and nobody has seen', () => {
    expect(alarm([raise('a-1', 'critical')])).toEqual({
      heard: ['a-1 0'],
      title: '✖ new_payment: gray is slow',
    });
    expect(alarm([raise('a-1', 'warning')])).toEqual({heard: [], title: null});
    expect(alarm([raise('a-1', 'critical'), {type: 'acknowledge', alert: 'a-1'}])).toEqual({
      heard: [],
      title: null,
    });
    const silence: Order = {type: 'silence', silence: 's-1', match: '*', forMs: MINUTE};
    expect(alarm([silence, raise('a-1', 'critical')])).toEqual({heard: [], title: null});
  });

  test('speak again of what nobody has acknowledged for long', () => {
    const escalate: Order = {type: 'escalate', alert: 'a-1', afterMs: MINUTE};
    expect(alarm([raise('a-1', 'critical'), wait(MINUTE), escalate]).heard).toEqual(['a-1 1']);
  });

  test('speak of a rollback, however it was begun', () => {
    const start: Order = {type: 'start', release: 'r-1', version: 'v2', plan: fourPhases()};
    expect(alarm([start])).toEqual({heard: [], title: null});
    expect(alarm([start, {type: 'rollback', release: 'r-1'}])).toEqual({
      heard: ['rollback r-1'],
      title: '◀ new_payment: ROLLING BACK',
    });
  });

  test('never carry what would end the title early, nor words on a shared screen', () => {
    const evil = raise('a-1', 'critical', 'slow\u0007\u001B]2;owned\u0007\u009D');
    expect(alarm([evil]).title).toBe('✖ new_payment: slow');
    expect(alarm([evil], MASKED).title).toBe('✖ new_payment: •••');
  });
});
