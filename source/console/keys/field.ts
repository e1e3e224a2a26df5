import {startOf} from '../../release/well-formed.ts';

/** A line of text being typed: the letters before the cursor and those from it on. */
export interface Field {
  before: string;
  after: string;
}

/** More letters than this no field takes: an alert is a sentence, not a page. */
const LETTERS_AT_MOST = 500;

export const EMPTY_FIELD: Field = {before: '', after: ''};

const LETTERS = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

export function fieldOf(text: string): Field {
  return {before: text, after: ''};
}

export function textOf({before, after}: Field): string {
  return before + after;
}

/** What is typed or pasted goes in at the cursor. */
export function typed(field: Field, text: string): Field {
  const room = LETTERS_AT_MOST - textOf(field).length;
  return {before: field.before + startOf(text, Math.max(0, room)), after: field.after};
}

function lastLetter(text: string): string {
  return Array.from(LETTERS.segment(text), ({segment}) => segment).at(-1) ?? '';
}

function firstLetter(text: string): string {
  return LETTERS.segment(text)[Symbol.iterator]().next().value?.segment ?? '';
}

/**
 * One key in a field. Kept here, pure, and not in a component: keys that come in one go must each see what the one
 * before left, drawn or not. Null: the key is none of the field's.
 */
export function editField(field: Field, key: string): Field | null {
  const {before, after} = field;
  switch (key) {
    case 'Backspace':
      return {before: before.slice(0, before.length - lastLetter(before).length), after};
    case 'Delete':
      return {before, after: after.slice(firstLetter(after).length)};
    case 'Left': {
      const letter = lastLetter(before);
      return {before: before.slice(0, before.length - letter.length), after: letter + after};
    }
    case 'Right': {
      const letter = firstLetter(after);
      return {before: before + letter, after: after.slice(letter.length)};
    }
    case 'Home':
    case 'Ctrl+a':
      return {before: '', after: before + after};
    case 'End':
    case 'Ctrl+e':
      return {before: before + after, after: ''};
    case 'Ctrl+u':
      return {before: '', after};
    case 'Ctrl+w':
      return {before: before.replace(/\S+\s*$/u, ''), after};
    default:
      // A letter may be of two code units; names of keys are longer than any letter.
      return firstLetter(key) === key && key >= ' ' ? typed(field, key) : null;
  }
}
