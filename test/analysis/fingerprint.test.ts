import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {errorName} from '../../source/analysis/fingerprint.ts';

function thrownHere(message: string, kind: new (message: string) => Error = TypeError): Error {
  return new kind(message);
}

describe('the fingerprint of an error', () => {
  it('says what kind it is and in which words', () => {
    expect(errorName(thrownHere("Cannot read properties of undefined (reading 'total')"))).toMatch(
      /^errors\.TypeError:Cannot-read-properties-of-undefined\.[\da-f]{4}$/u,
    );
    expect(errorName('out of stock')).toMatch(/^errors\.string:out-of-stock\.[\da-f]{4}$/u);
    expect(errorName(new Error())).toMatch(/^errors\.Error\.[\da-f]{4}$/u);
  });

  it('is one for errors that differ only in whom or what they are about', () => {
    const names = [
      'no account 1001 of "liu@example.com" at https://pay.example.com/a?b=1',
      'no account 77 of "wang" at http://10.0.0.7:8080/x',
      "no account 5f3a9c21-77aa of 'x y z' at https://localhost",
    ].map(message => errorName(thrownHere(message)));
    expect(new Set(names).size).toBe(1);
    expect(names[0]).not.toMatch(/liu|example|1001/u);
  });

  it('is another one for other words, another kind, and another place', () => {
    const elsewhere = () => new TypeError('no account 1');
    const names = [
      thrownHere('no account 1'),
      thrownHere('no card 1'),
      thrownHere('no account 1', RangeError),
      elsewhere(),
    ].map(error => errorName(error));
    expect(new Set(names).size).toBe(4);
  });

  it('is a name that samples take, whatever was thrown, and never throws itself', () => {
    const awkward = [
      null,
      undefined,
      7,
      {message: 'x'},
      Object.assign(new Error('x'), {name: '<b>\u001B[2J 坏'}),
      new Proxy(new Error('x'), {
        get() {
          throw new Error('no');
        },
      }),
      new Error('字'.repeat(5000)),
    ];
    for (const error of awkward) expect(errorName(error)).toMatch(/^errors\.[\p{L}\p{N}_.:-]{1,57}$/u);
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 300}), fc.string(), (message, name) => {
        const error = Object.assign(new Error(message), {name});
        expect(errorName(error)).toMatch(/^errors\.[\p{L}\p{N}_.:-]{1,57}$/u);
      }),
      {numRuns: 300},
    );
  });
});
