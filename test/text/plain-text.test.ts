import fc from 'fast-check';
import stringWidth from 'string-width';
import {describe, expect, it} from 'vitest';
import {plainText} from '../../source/text/plain-text.ts';
import {cpuMs} from '../cpu.ts';

const nasty = fc.string({
  unit: fc.oneof(
    fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
    fc.constantFrom(
      '\x1b[31m',
      '\x1b]0;title\x07',
      '\x1b',
      '\x9b2J',
      '\x90',
      '\x9c',
      '\x07',
      '\r',
      '\n',
      '\t',
      'a',
      'é',
      '支',
      '\u200d',
      '\u200c',
      '\u200b',
      '\u202e',
      '\u2066',
      '\ufeff',
      '\u0301',
      '\u0085',
      '👩',
      '🚀',
      '\ufe0f',
      '\u3164',
      '\ud800',
      '\u{e0041}',
      '\u00ad',
    ),
  ),
  maxLength: 40,
});

/** Control characters, and characters that turn the direction of others or show nothing. */
const FORBIDDEN = /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff]/u;

describe('text from outside', () => {
  it('never brings a control, direction or invisible character to the terminal', () => {
    fc.assert(
      fc.property(nasty, text => {
        expect(plainText(text)).not.toMatch(FORBIDDEN);
      }),
      {numRuns: 1000},
    );
  });

  it('is not changed by a second pass', () => {
    fc.assert(
      fc.property(nasty, fc.option(fc.integer({min: 0, max: 30}), {nil: undefined}), (text, width) => {
        const once = plainText(text, width);
        expect(plainText(once, width)).toBe(once);
      }),
      {numRuns: 1000},
    );
  });

  it('is never wider than it may be', () => {
    fc.assert(
      fc.property(nasty, fc.integer({min: 0, max: 20}), (text, width) => {
        expect(stringWidth(plainText(text, width))).toBeLessThanOrEqual(width);
      }),
      {numRuns: 1000},
    );
  });

  it('stays as it is when there is nothing wrong with it', () => {
    for (const text of ['new_payment 3.2 %', '支付成功', 'naïve café', 'नमस्ते', 'می‌خواهم', '👩‍💻 ❤️', ''])
      expect(plainText(text, 40)).toBe(text);
  });

  it.each([
    ['\x1b[31mred\x1b[0m', 'red'],
    ['\x1b]0;owned\x07name', 'name'],
    ['\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\x1bPq#0\x1b\\sixel', 'sixel'],
    ['\x9b31mred', 'red'],
    ['\x1b(Bset', 'set'],
    ['\x1b]never ends', 'never ends'],
    ['two\r\nlines\tand', 'two  lines and'],
    ['user\u202egnp.exe', 'usergnp.exe'],
    ['ad\u200dmin', 'admin'],
    ['a\u0301\u0301\u0301\u0301\u0301\u0301b', 'a\u0301\u0301\u0301b'],
    ['bell\x07 \x00nul', 'bell nul'],
  ])('loses what a terminal would obey: %j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it('ends in an ellipsis where it is cut, by the width on screen', () => {
    expect(plainText('response_time', 8)).toBe('respons…');
    expect(plainText('支付成功率', 6)).toBe('支付…');
    expect(plainText('short', 5)).toBe('short');
    expect(plainText('x', 0)).toBe('');
  });

  it('of a megabyte is cut at once', () => {
    const long = '\u0301'.repeat(1_000_000);
    const spent = cpuMs(() => {
      plainText(long, 40);
      plainText(`a${long}`, 40);
    });
    expect(spent).toBeLessThan(200);
  });
});
