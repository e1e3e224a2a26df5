import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {hashText} from '../../source/analysis/sketches/hash-text.ts';

const ids = fc.array(fc.string({unit: 'binary', maxLength: 12}), {maxLength: 100});

function sketchOf(all: Iterable<string>): DistinctSketch {
  const sketch = new DistinctSketch();
  for (const id of all) sketch.add(id);
  return sketch;
}

function* users(count: number, from = 0): Iterable<string> {
  for (let index = from; index < from + count; index++) yield `u-${index}`;
}

const bytesOf = (sketch: DistinctSketch) => Buffer.from(sketch.toBytes()).toString('hex');

describe('the hash of user ids', () => {
  it.each([
    ['', 0],
    ['hello', 0x248bfa47],
    ['hello, world', 0x149bbb7f],
    ['19 Jan 2038 at 3:14:07 AM', 0xe31e8a70],
    ['The quick brown fox jumps over the lazy dog.', 0xd5c48bfc],
  ])('is MurmurHash3, so that other languages can count the same users: %s', (text, hash) => {
    expect(hashText(text)).toBe(hash);
  });

  it('is taken over the UTF-8 bytes, also where the text is not ASCII', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', maxLength: 20}), text => {
        expect(hashText(text)).toBe(reference(Buffer.from(text)));
      }),
    );
  });
});

/** MurmurHash3_x86_32 in big integers, word by word as published. */
function reference(bytes: Buffer): number {
  const wrap = (value: bigint) => BigInt.asUintN(32, value);
  const rotate = (value: bigint, by: bigint) => wrap((value << by) | (value >> (32n - by)));
  const scramble = (word: bigint) => wrap(rotate(wrap(word * 0xcc9e2d51n), 15n) * 0x1b873593n);
  let hash = 0n;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4)
    hash = wrap(rotate(hash ^ scramble(BigInt(bytes.readUInt32LE(at))), 13n) * 5n + 0xe6546b64n);
  if (at < bytes.length) hash ^= scramble(BigInt(bytes.readUIntLE(at, bytes.length - at)));
  hash ^= BigInt(bytes.length);
  hash = wrap((hash ^ (hash >> 16n)) * 0x85ebca6bn);
  hash = wrap((hash ^ (hash >> 13n)) * 0xc2b2ae35n);
  return Number(hash ^ (hash >> 16n));
}

describe('the number of different users', () => {
  it.each([1, 10, 100, 1000, 3000, 10_000, 100_000, 1_000_000])('is right to 5 percent for %d', count => {
    // Three standard errors of 1.6 %.
    expect(Math.abs(sketchOf(users(count)).estimate() / count - 1)).toBeLessThan(0.05);
  });

  it('is 0 when nobody came, and 1 for one who came a thousand times', () => {
    expect(new DistinctSketch().estimate()).toBe(0);
    expect(Math.round(sketchOf(Array.from({length: 1000}, () => 'liu')).estimate())).toBe(1);
  });

  it('has an error of about 1.6 percent over many samples', () => {
    let squares = 0;
    for (let round = 0; round < 60; round++)
      squares += (sketchOf(users(20_000, round * 20_000)).estimate() / 20_000 - 1) ** 2;
    expect(Math.sqrt(squares / 60)).toBeLessThan(0.022);
  });
});

describe('sketches of users', () => {
  it('hold the same whatever the order in which they are merged, and count nobody twice', () => {
    fc.assert(
      fc.property(ids, ids, ids, (a, b, c) => {
        const left = sketchOf(a);
        left.merge(sketchOf(b));
        left.merge(sketchOf(c));
        const right = sketchOf(c);
        right.merge(sketchOf(a));
        right.merge(sketchOf(b));
        expect(bytesOf(left)).toBe(bytesOf(sketchOf([...a, ...b, ...c])));
        expect(bytesOf(right)).toBe(bytesOf(left));
      }),
    );
  });

  it.each([0, 1, 50, 1000, 1300, 50_000])('say the same after decoding, %d users', count => {
    const sketch = sketchOf(users(count));
    const text = sketch.encode();
    expect(bytesOf(DistinctSketch.decode(text)!)).toBe(bytesOf(sketch));
    expect(text.length).toBeLessThan(3500);
  });

  it('take little room for few users', () => {
    expect(sketchOf(users(10)).encode().length).toBeLessThan(40);
  });

  it('are none when cut short, changed or made up, and never throw', () => {
    for (const text of [
      '',
      '~',
      'gQE',
      '~AQE',
      '~gf8',
      '~gQA',
      `~gg${'A'.repeat(20)}`,
      `~${'A'.repeat(50_000)}`,
    ])
      expect(DistinctSketch.decode(text)).toBeNull();
    fc.assert(
      fc.property(fc.constantFrom(0x81, 0x82, 0), fc.uint8Array({maxLength: 80}), (version, rest) => {
        const decoded = DistinctSketch.decode(`~${Buffer.from([version, ...rest]).toString('base64')}`);
        expect(Number.isFinite(decoded?.estimate() ?? 0)).toBe(true);
      }),
    );
    const dense = Buffer.alloc(2561, 0xff);
    dense[0] = 0x82;
    expect(DistinctSketch.decode(`~${dense.toString('base64')}`)?.estimate()).toBeGreaterThan(1e6);
  });

  it('are empty after clearing', () => {
    const sketch = sketchOf(users(10));
    sketch.clear();
    expect([sketch.isEmpty, sketch.estimate()]).toEqual([true, 0]);
  });
});
