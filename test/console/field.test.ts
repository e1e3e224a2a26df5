import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {editField, EMPTY_FIELD, textOf, typed, type Field} from '../../source/console/keys/field.ts';

function keys(...pressed: string[]): Field {
  return pressed.reduce((field, key) => editField(field, key) ?? field, EMPTY_FIELD);
}

describe('a field of text', () => {
  it('takes letters where the cursor stands', () => {
    expect(textOf(keys('v', '1', '0', 'Left', '.'))).toBe('v1.0');
    expect(textOf(keys('b', 'Home', 'a', 'End', 'c'))).toBe('abc');
  });

  it('takes whole letters back, also those of several code points', () => {
    expect(textOf(keys('灰', '度', 'Backspace'))).toBe('灰');
    expect(textOf(editField(typed(EMPTY_FIELD, 'a👍🏽'), 'Backspace')!)).toBe('a');
    expect(textOf(keys('a', 'b', 'c', 'Left', 'Backspace'))).toBe('ac');
  });

  it('deletes the letter after the cursor, if there is one', () => {
    expect(textOf(keys('a', 'b', 'c', 'Left', 'Left', 'Delete'))).toBe('ac');
    expect(textOf(keys('a', 'Delete'))).toBe('a');
  });

  it('forgets a word or everything before the cursor', () => {
    expect(textOf(keys(...'one two'.split(''), 'Ctrl+w'))).toBe('one ');
    expect(textOf(keys(...'one two'.split(''), 'Ctrl+u'))).toBe('');
  });

  it('leaves other keys alone, and never grows without end', () => {
    expect(editField(EMPTY_FIELD, 'Tab')).toBeNull();
    expect(editField(EMPTY_FIELD, 'Up')).toBeNull();
    expect(textOf(typed(EMPTY_FIELD, 'x'.repeat(9000)))).toHaveLength(500);
  });

  it('what is typed is what is there, however the cursor wandered', () => {
    const moves = fc.array(fc.constantFrom('Left', 'Right', 'Home', 'End'), {maxLength: 20});
    fc.assert(
      fc.property(fc.string({maxLength: 40}), moves, (text, wandered) => {
        const field = wandered.reduce((at, key) => editField(at, key) ?? at, typed(EMPTY_FIELD, text));
        expect(textOf(field)).toBe(text);
      }),
    );
  });
});
