import fc from 'fast-check';
import {expect, test} from 'vitest';
import {likeOf} from '../../source/audience/like.ts';

/** The same, letter by letter: what each star takes is tried in every way. */
function fits(parts: readonly string[], text: string): boolean {
  const [first = '', ...others] = parts;
  if (others.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const rest = text.slice(first.length);
  return Array.from({length: rest.length + 1}, (_, at) => at).some(at => fits(others, rest.slice(at)));
}

test('a pattern fits what any way of filling its stars gives', () => {
  const word = fc.string({unit: fc.constantFrom('a', 'b', '中'), maxLength: 3});
  const parts = fc.array(word, {minLength: 1, maxLength: 4});
  const text = fc.string({unit: fc.constantFrom('a', 'b', '中'), maxLength: 9});
  fc.assert(
    fc.property(parts, text, (parts, text) => {
      expect(likeOf(parts)(text)).toBe(fits(parts, text));
    }),
  );
  fc.assert(
    fc.property(parts, fc.array(text, {minLength: 4, maxLength: 4}), (parts, fill) => {
      const filled = parts.map((part, at) => (at === 0 ? part : `${fill[at]}${part}`)).join('');
      expect(likeOf(parts)(filled)).toBe(true);
    }),
  );
});

test('no text makes a pattern slow: one that a backtracking matcher tries in 10^12 ways', () => {
  const isLike = likeOf(['', ...Array.from({length: 60}, () => 'a'), 'b']);
  expect(isLike('a'.repeat(16_000))).toBe(false);
  expect(isLike(`${'a'.repeat(16_000)}b`)).toBe(true);
});
