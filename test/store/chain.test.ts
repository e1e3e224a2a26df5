import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {decodeCommit, decodeNext, encodeCommit, placeOf} from '../../source/store/chain.ts';
import {commitAfter} from './commits.ts';

const first = commitAfter(null);
const second = commitAfter(first);
const entry = (commit: typeof first) => ({version: commit.version, text: encodeCommit(commit)});
const decoded = (value: unknown) => decodeCommit(JSON.stringify(value));

describe('a commit in the store', () => {
  it('comes back as it was', () => {
    expect(decodeCommit(encodeCommit(second))).toEqual({ok: true, commit: second});
  });

  it('that is anything else gives a reason and never a throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant('__proto__')), text => {
        const result = decodeCommit(text);
        expect(result.ok).toBe(false);
      }),
    );
  });

  it.each([
    ['version', 0],
    ['version', 1.5],
    ['version', '2'],
    ['id', ''],
    ['parent', 7],
    ['schema', null],
    ['minReader', 0],
    ['events', {}],
    ['events', [{type: ''}]],
    ['events', [null]],
    ['by', null],
    ['at', 'now'],
    ['reason', 1],
    ['split', null],
    ['split', {live: true}],
    ['split', {...second.split, percent: null}],
    ['split', {...second.split, rolledBack: undefined}],
  ])('with a wrong %s says so', (field, value) => {
    const result = decoded({...second, [field]: value});
    expect(result).toEqual({ok: false, why: `its field "${field}" does not fit`});
  });

  it('of a newer Graydeck is kept even where its body has another shape', () => {
    const newer = {...second, schema: 9, minReader: 9, split: 'somewhere else', by: {name: 'liu'}};
    expect(decoded(newer)).toEqual({ok: true, commit: {...newer, by: ''}});
    const odd = {...newer, by: 'liu', at: 'noon', reason: {}};
    expect(decoded(odd)).toEqual({ok: true, commit: {...odd, at: 0, reason: null}});
  });
});

describe('the chain', () => {
  it('takes the next commit of the right parent, and nothing else', () => {
    expect(decodeNext(null, entry(first)).ok).toBe(true);
    expect(decodeNext(first, entry(second)).ok).toBe(true);
    expect(decodeNext(null, entry(second))).toEqual({
      ok: false,
      why: 'version 1 is missing, version 2 comes instead',
    });
    expect(decodeNext(first, entry(commitAfter({...first, id: 'x'})))).toMatchObject({
      why: 'version 2 names another parent than the commit before it',
    });
    expect(decodeNext(first, {version: 2, text: encodeCommit({...second, version: 3})}).ok).toBe(false);
    expect(decodeNext(first, {version: Number.NaN, text: encodeCommit(second)}).ok).toBe(false);
    expect(decodeNext(null, entry({...first, parent: 'x'})).ok).toBe(false);
  });

  it('tells a writer where its commit stands', () => {
    const junk = {version: 2, text: 'junk'};
    expect(placeOf(first, [])).toBe('free');
    expect(placeOf(first, [entry(first), entry(second)])).toBe('mine');
    expect(placeOf(commitAfter(null), [entry(first)])).toBe('taken');
    expect(placeOf(first, [{version: 1, text: 'junk'}])).toBe('foreign');
    expect(placeOf(second, [entry(first)])).toBe('free');
    expect(placeOf(second, [entry(first), entry(second)])).toBe('mine');
    expect(placeOf(second, [entry(first), entry(commitAfter(first))])).toBe('taken');
    expect(placeOf(second, [entry(first), junk])).toBe('foreign');
    expect(placeOf(second, [entry(first), entry(commitAfter({...first, version: 40}))])).toBe('foreign');
    expect(placeOf(second, [])).toBe('parted');
    expect(placeOf(second, [entry(commitAfter(null))])).toBe('parted');
    expect(placeOf(second, [{version: 1, text: 'junk'}, junk])).toBe('parted');
    expect(placeOf({...second, parent: null}, [entry(first)])).toBe('parted');
    expect(placeOf({...first, parent: 'x'}, [])).toBe('parted');
  });
});

it('a commit of a moment that cannot be is none, and names its field', () => {
  for (const at of [1e308, 8.7e15, -1e308])
    expect(decoded({...first, at})).toEqual({ok: false, why: 'its field "at" does not fit'});
});
