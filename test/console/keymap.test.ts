import {describe, expect, it} from 'vitest';
import type {Snapshot} from '../../source/controller/outcome.ts';
import {bindings, KEYMAP} from '../../source/console/keys/keymap.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {keyTable} from '../../source/console/present/help.ts';

/** The keyboard as it is promised: key, what has to follow, action. */
const PROMISED: readonly (readonly [keys: string, then: 'y' | 'version' | 'form' | null, action: string])[] =
  [
    ['r', 'y', 'rollback'],
    ['+', 'y', 'raise'],
    ['-', null, 'lower'],
    ['g', 'form', 'percent'],
    ['n', 'y', 'next'],
    ['p', null, 'pause'],
    ['P', null, 'resume'],
    ['R', null, 'retry'],
    ['C', 'version', 'complete'],
    ['v', 'y', 'approve'],
    ['a', 'form', 'alert'],
    ['A', null, 'acknowledge'],
    ['f', 'form', 'feedback'],
    ['S', 'form', 'share'],
    ['Enter', null, 'chart'],
    ['Enter', null, 'entry'],
    ['y', null, 'copy'],
    ['z', null, 'zoom'],
    ['w', null, 'shorter'],
    ['W', null, 'longer'],
    ['/', null, 'filter'],
    [':', null, 'palette'],
    ['?', null, 'help'],
    ['o', null, 'fleet'],
    ['[', null, 'feature-before'],
    [']', null, 'feature-after'],
    ['Tab Right l', null, 'panel'],
    ['Shift+Tab Left h', null, 'panel-before'],
    ['Up k', null, 'up'],
    ['Down j', null, 'down'],
    ['PageUp', null, 'page-up'],
    ['PageDown', null, 'page-down'],
    ['Home', null, 'first'],
    ['End', null, 'last'],
    ['Escape', null, 'back'],
    ['Ctrl+l', null, 'redraw'],
    ['Ctrl+z', null, 'suspend'],
    ['q Ctrl+c', null, 'quit'],
    ['Up [ k', null, 'metric-before'],
    ['Down ] j', null, 'metric-after'],
    ['Left h', null, 'cursor-back'],
    ['Right l', null, 'cursor-on'],
    [',', null, 'pan-back'],
    ['.', null, 'pan-on'],
    ['Enter', null, 'chart-close'],
  ];

describe('the keyboard', () => {
  it('is what the contract promises, key for key', () => {
    const promised = KEYMAP.filter(({isPromised}) => isPromised).map(({keys, then, action}) => [
      keys.join(' '),
      then,
      action,
    ]);
    expect(promised).toEqual(PROMISED);
  });

  it('gives no key two meanings at one time', () => {
    const snapshot = {
      state: {release: null, unknownEvent: null},
      link: {state: 'live'},
    } as unknown as Snapshot;
    for (const panel of ['metrics', 'log'] as const) {
      for (const time of ['now', 'now-only', 'past'] as const) {
        const context = {snapshot, alert: null, featureCount: 2, panel, entries: 3, time};
        const usable = KEYMAP.filter(({whyNot}) => whyNot(context) === null);
        for (const place of ['deck', 'chart']) {
          const keys = usable.filter(binding => binding.place === place).flatMap(binding => binding.keys);
          expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
        }
      }
    }
  });

  it('asks before everything that exposes more users, and before nothing that exposes fewer but rollback', () => {
    const raising = KEYMAP.filter(({exposure}) => exposure === 'raises');
    expect(raising.filter(({then}) => then === null)).toEqual([]);
    const lowering = KEYMAP.filter(({exposure}) => exposure === 'lowers').map(({action, then}) => [
      action,
      then,
    ]);
    expect(lowering).toEqual([
      ['rollback', 'y'],
      ['lower', null],
    ]);
  });

  it('has nothing that changes anything when reading only', () => {
    expect(bindings(false).some(({changes}) => changes)).toBe(false);
    const changing = KEYMAP.filter(({changes}) => changes).map(({keys}) => keys[0]);
    expect(changing).toEqual(['r', '+', '-', 'g', 'n', 'p', 'P', 'R', 'C', 'v', 'a', 'A', 'f', 'S']);
  });

  it('becomes a table for the documents, one row a binding', () => {
    const table = keyTable(messagesOf('en')).split('\n');
    expect(table).toHaveLength(KEYMAP.length + 2);
    expect(table).toContain('| `r` then `y` | take everything back: prod for everyone, now |');
    expect(table).toContain('| `C` then the version | complete: promote the version for everyone |');
    expect(table).toContain('| `q` `Ctrl+c` | quit; the release goes on |');
  });
});
