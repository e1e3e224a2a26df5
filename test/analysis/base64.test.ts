import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodeBase64, encodeBase64} from '../../source/analysis/sketches/base64.ts';

const LETTERS = /^[A-Za-z0-9+/]*={0,2}$/;

describe('base64', () => {
  it('is what everybody else writes and reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 100}), bytes => {
        const text = Buffer.from(bytes).toString('base64');
        expect(encodeBase64(bytes)).toBe(text);
        for (const written of [text, text.replaceAll('=', '')]) {
          const out = new Uint8Array(bytes.length + 3);
          expect(decodeBase64(`~${written}`, 1, out, 3)).toBe(bytes.length + 3);
          expect(out.subarray(3)).toEqual(bytes);
        }
      }),
    );
  });

  it('is refused where it is none or does not fit, and nothing is thrown', () => {
    expect(decodeBase64('AAAA', 0, new Uint8Array(2), 0)).toBe(-1);
    expect(decodeBase64('AAAAA', 0, new Uint8Array(9), 0)).toBe(-1);
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 40}), text => {
        const end = decodeBase64(text, 0, new Uint8Array(64), 0);
        expect(end < 0 || LETTERS.test(text)).toBe(true);
      }),
    );
  });
});
