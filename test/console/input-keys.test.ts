import type {Key} from 'ink';
import {expect, test} from 'vitest';
import {keyName} from '../../source/console/keys/input-keys.ts';

const key = (...held: (keyof Key)[]): Key =>
  Object.fromEntries(held.map(name => [name, true])) as unknown as Key;

test('a character is its own name', () => {
  expect(keyName('r', key())).toBe('r');
  expect(keyName('支', key())).toBe('支');
});

test('a letter held with Ctrl is none of the letters', () => {
  expect(keyName('c', key('ctrl'))).toBe('Ctrl+c');
});

test('other keys go by their names, and what Ink does not name is none', () => {
  expect(keyName('', key('upArrow'))).toBe('Up');
  expect(keyName('', key('tab', 'shift'))).toBe('Shift+Tab');
  expect(keyName('', key())).toBeNull();
});
