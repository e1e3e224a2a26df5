import {hashText} from './sketches/hash-text.ts';
import {startOf} from '../release/well-formed.ts';

/** Longest name a sample takes, in UTF-16 units. */
const LONGEST = 64;
const LONGEST_MESSAGE = 1000;
const LONGEST_KIND = 20;

/** What tells one case of an error from another and may name people: quoted words, addresses, ids, numbers. */
const PARTICULAR =
  /"[^"]*"|'[^']*'|`[^`]*`|\b[a-z][a-z\d+.-]*:\/\/\S+|\S+@\S+|(?:\/[\w.-]+){2,}|\b[\da-f]{6,}(?:-[\da-f]{4,})*\b|\d+/giu;

/**
 * The name of the counter that errors of this kind go under: `errors.TypeError:x-is-not-a-function.3f9c`. Errors that
 * differ only in what they are about have one name: quoted words, addresses, ids and numbers of a message are left out.
 * The last four letters tell errors of the same words from different places apart. Never throws.
 */
export function errorName(error: unknown): string {
  const {kind, message, place} = factsOf(error);
  const words = message.replace(PARTICULAR, ' ').match(/\p{L}+/gu) ?? [];
  const mark = (hashText(`${kind} ${words.join(' ')} ${place}`) & 0xffff).toString(16).padStart(4, '0');
  const head = `errors.${kind}`;
  let name = head;
  for (const word of words) {
    const longer = `${name}${name === head ? ':' : '-'}${word}`;
    if (longer.length + mark.length + 1 > LONGEST) break;
    name = longer;
  }
  return `${name}.${mark}`;
}

function factsOf(error: unknown): {kind: string; message: string; place: string} {
  try {
    if (error instanceof Error) {
      const kind = error.name.replace(/[^\p{L}\p{N}_]/gu, '');
      return {
        kind: kind === '' ? 'Error' : startOf(kind, LONGEST_KIND),
        message: startOf(textOf(error.message), LONGEST_MESSAGE),
        place: placeOf(textOf(error.stack)),
      };
    }
    const message = typeof error === 'string' ? startOf(error, LONGEST_MESSAGE) : '';
    return {kind: error === null ? 'null' : typeof error, message, place: ''};
  } catch {
    // A getter that throws, a proxy that has been revoked: it was an error all the same.
    return {kind: 'unknown', message: '', place: ''};
  }
}

/** What says it is text need not be. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The function and file of the first frame of a stack; lines and folders change with every build. */
function placeOf(stack: string): string {
  const frame = /^\s+at (.+)$/mu.exec(stack.slice(0, 4 * LONGEST_MESSAGE))?.[1] ?? '';
  return frame.replace(/\(?\S*[/\\]/u, '').replace(/[:\d)]+$/u, '');
}
