import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {endOf, fromJson, startOf, toJson, wellFormedJson} from '../../source/release/well-formed.ts';

const ROCKET = '\u{1F680}';
const [HIGH, LOW] = [ROCKET.charAt(0), ROCKET.charAt(1)];
/** Texts with halves of surrogate pairs, backslashes and all that JSON escapes. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(HIGH, LOW, ROCKET, '\\', '"', 'u', 'd83d', '\0', '\u2028'),
    fc.string({unit: 'binary'}),
  ),
});

describe('a cut text', () => {
  it('never ends or begins in the middle of a code point', () => {
    expect(startOf(`a${ROCKET}b`, 2)).toBe('a');
    expect(startOf(`a${ROCKET}b`, 3)).toBe(`a${ROCKET}`);
    expect(endOf(`a${ROCKET}b`, 2)).toBe('b');
    expect(endOf(`a${ROCKET}b`, 3)).toBe(`${ROCKET}b`);
    expect([startOf('ab', 0), endOf('ab', 0), startOf(ROCKET, 0), endOf(ROCKET, 1)]).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });

  it('is as long as it may be, and a part of the whole', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), fc.nat(40), (text, most) => {
        for (const [part, isPart] of [
          [startOf(text, most), text.startsWith(startOf(text, most))],
          [endOf(text, most), text.endsWith(endOf(text, most))],
        ] as const) {
          expect(isPart).toBe(true);
          expect(part.isWellFormed()).toBe(true);
          expect(part.length).toBeLessThanOrEqual(most);
          expect(part.length).toBeGreaterThanOrEqual(Math.min(text.length, most - 1));
        }
      }),
    );
  });
});

describe('JSON for a store', () => {
  it('holds no half of a surrogate pair, and otherwise what was given', () => {
    fc.assert(
      fc.property(fc.dictionary(texts, fc.array(texts)), value => {
        const text = toJson(value);
        expect(wellFormedJson(text)).toBe(text);
        const entries = Object.entries(value).map(([name, list]) => [
          name.toWellFormed(),
          list.map(item => item.toWellFormed()),
        ]);
        expect(JSON.parse(text)).toEqual(Object.fromEntries(entries));
      }),
    );
  });

  it('is read well-formed even where another has written it', () => {
    expect(fromJson(String.raw`["\ud83d","\uD83D\uDE80","\\ud83d","x\udE80"]`)).toEqual([
      '\ufffd',
      ROCKET,
      String.raw`\ud83d`,
      'x\ufffd',
    ]);
  });
});
