import stringWidth from 'string-width';
import {startOf} from '../release/well-formed.ts';

const ESC = 0x1b;
const CSI = 0x9b;
/** More combining marks on one letter are decoration that climbs into other rows. */
const MOST_MARKS = 3;

const MARK = /^\p{M}$/u;
const FORMAT = /^\p{Cf}$/u;
const GRAPHEMES = new Intl.Segmenter('en', {granularity: 'grapheme'});

/**
 * Text from outside, made fit for a terminal: without control characters, escape sequences, direction controls,
 * invisible letters and piled-up marks; line breaks and tabs are spaces. Everything from outside that is shown goes
 * through here. Applying it twice changes nothing.
 * @param maxWidth most terminal columns; what is longer ends in `…`.
 */
export function plainText(text: string, maxWidth?: number): string {
  // What is far beyond the cut need not be read: a letter, its marks and what is dropped between stay well below.
  const near = maxWidth === undefined ? text : startOf(text, 64 * (maxWidth + 1));
  const clean = isPlainAscii(near) ? near : strip(near);
  return maxWidth === undefined ? clean : cut(clean, maxWidth, near.length < text.length);
}

function isPlainAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 32 || code > 126) return false;
  }
  return true;
}

function strip(text: string): string {
  const points = Array.from(text.toWellFormed());
  let out = '';
  let last = '';
  let joiner = '';
  let marks = 0;
  for (let index = 0; index < points.length; index++) {
    const point = points[index] ?? '';
    const code = point.codePointAt(0) ?? 0;
    if (code === ESC || code === CSI || isStringStart(code)) {
      index = skipEscape(points, index);
      continue;
    }
    if (code === 0x200c || code === 0x200d) {
      joiner = point;
      continue;
    }
    const letter = isSpace(code) ? ' ' : point;
    if (letter !== ' ' && isDropped(code, letter)) continue;
    const mark = MARK.test(letter);
    marks = mark ? marks + 1 : 0;
    // A joiner has work to do in scripts that join and between emoji; elsewhere it only hides.
    if (joiner !== '' && last > '\x7f' && letter > '\x7f' && marks <= MOST_MARKS) out += joiner;
    joiner = '';
    if (mark && (last === '' || marks > MOST_MARKS)) continue;
    out += letter;
    last = letter;
  }
  return out;
}

/** Tabs, line breaks, the separators of lines and paragraphs, and the space that does not break. */
function isSpace(code: number): boolean {
  return (code >= 9 && code <= 13) || code === 0x85 || code === 0x2028 || code === 0x2029 || code === 0xa0;
}

function isDropped(code: number, letter: string): boolean {
  return code < 32 || (code >= 127 && code < 160) || FORMAT.test(letter) || isInvisible(code);
}

/** Letters and marks that show nothing at all, and code points that are no characters. */
function isInvisible(code: number): boolean {
  if (code === 0x34f || code === 0x115f || code === 0x1160 || code === 0x17b4 || code === 0x17b5) return true;
  if (code === 0x3164 || code === 0xffa0 || code === 0x2065) return true;
  if (code >= 0xe0000 && code <= 0xe0fff) return true;
  return (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
}

/** DCS, SOS, OSC, PM and APC in their one-byte form: a string follows. */
function isStringStart(code: number): boolean {
  return code === 0x90 || code === 0x98 || code === 0x9d || code === 0x9e || code === 0x9f;
}

/** @returns the index of the last code point of the escape sequence that begins at `start` (ECMA-48, section 5). */
function skipEscape(points: string[], start: number): number {
  const codeAt = (index: number) => points[index]?.codePointAt(0) ?? 0;
  let kind = codeAt(start);
  let index = start;
  if (kind === ESC) {
    const next = codeAt(start + 1);
    // ESC and a letter from @ to _ is the two-byte form of a C1 control.
    if (next >= 0x40 && next <= 0x5f) kind = next + 0x40;
    index++;
    // Intermediates, then one final byte; anything else was no sequence, and only the ESC goes.
    if (kind === ESC) {
      while (codeAt(index) >= 0x20 && codeAt(index) <= 0x2f) index++;
      return codeAt(index) >= 0x30 && codeAt(index) <= 0x7e ? index : start;
    }
  }
  if (kind === CSI) {
    index++;
    while (codeAt(index) >= 0x20 && codeAt(index) <= 0x3f) index++;
    return codeAt(index) >= 0x40 && codeAt(index) <= 0x7e ? index : index - 1;
  }
  if (!isStringStart(kind)) return index;
  return endOfString(points, index);
}

/** A control string ends at ST or BEL; one that never ends is not allowed to swallow the rest. */
function endOfString(points: string[], start: number): number {
  for (let index = start + 1; index < points.length; index++) {
    const code = points[index]?.codePointAt(0) ?? 0;
    if (code === 7 || code === 0x9c) return index;
    if (code === ESC && points[index + 1] === '\\') return index + 1;
  }
  return start;
}

function cut(text: string, maxWidth: number, more: boolean): string {
  if (!more && stringWidth(text) <= maxWidth) return text;
  let out = '';
  let width = 0;
  for (const {segment} of GRAPHEMES.segment(text)) {
    width += stringWidth(segment);
    if (width > maxWidth - 1) return maxWidth < 1 ? '' : `${out}…`;
    out += segment;
  }
  return more && maxWidth >= 1 ? `${out}…` : out;
}
