import type {Key} from 'ink';
import {expect, test} from 'vitest';
import {inputKeys} from '../../source/console/keys/input-keys.ts';

const key = (...held: (keyof Key)[]): Key =>
  Object.fromEntries(held.map(name => [name, true])) as unknown as Key;

test('keys that are pressed faster than they are read are keys of their own', () => {
  expect(inputKeys('ry', key())).toEqual(['r', 'y']);
});

test('Escape and the key right after it, which arrive as Alt with that key, are both', () => {
  expect(inputKeys('y', key('meta'))).toEqual(['Escape', 'y']);
  expect(inputKeys('', key('escape'))).toEqual(['Escape']);
});

test('a letter held with Ctrl is none of the letters', () => {
  expect(inputKeys('c', key('ctrl'))).toEqual(['Ctrl+c']);
});
