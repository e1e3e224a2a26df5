import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readLine} from '../../source/protocol/line.ts';
import {LineSplitter, LONGEST_LINE} from '../../source/replay/read.ts';

const read = (value: unknown) => readLine(JSON.stringify(value));
const SIDE = {
  requests: 95,
  errors: 1,
  conversions: 6,
  latencySumMs: 9120.4,
  hist: [
    [52, 3],
    [53, 5],
  ],
};
const TICK = {type: 'tick', id: 'a', t: 1, grayShare: 0.05, prod: SIDE, gray: {requests: 5}};

describe('a line of a recording', () => {
  test('of each type is understood', () => {
    expect(
      read({type: 'start', id: 'a', tickSeconds: 1, horizonSeconds: 1800, grayShare: 0.05, buckets: 144}),
    ).toEqual({type: 'start', id: 'a', tickSeconds: 1, grayShare: 0.05});
    expect(read({type: 'history', id: 'a', t: -299, prod: SIDE})).toEqual({
      type: 'history',
      id: 'a',
      t: -299,
      prod: {...SIDE, unavailable: null},
    });
    expect(read(TICK)).toEqual({
      ...TICK,
      prod: {...SIDE, unavailable: null},
      gray: {requests: 5, errors: 0, conversions: 0, unavailable: null, latencySumMs: 0, hist: []},
    });
    expect(read({type: 'end', id: 7})).toEqual({type: 'end', id: 7});
  });

  test('may say what each instance did; what cannot be read of that is left out', () => {
    const instances = [
      {id: 'web-1', requests: 3, errors: 1, latencySumMs: 250.5},
      {id: 7, requests: 2},
      {id: 'web-2', requests: 'many'},
      {requests: 2},
      null,
    ];
    expect(read({...TICK, gray: {requests: 5, instances}})).toMatchObject({
      gray: {
        requests: 5,
        instances: [
          {id: 'web-1', requests: 3, errors: 1, timeSum: 250.5},
          {id: '7', requests: 2, errors: 0, timeSum: 0},
        ],
      },
    });
    expect(read({...TICK, gray: {requests: 5, instances: 'all'}})).toHaveProperty('gray.requests', 5);
    expect(read({...TICK, gray: {requests: 5, instances: 'all'}})).not.toHaveProperty('gray.instances');
  });

  test('may leave out what its writer does not know, and name what it will', () => {
    expect(read({type: 'start', id: 'a', note: 'x'})).toMatchObject({tickSeconds: 1, grayShare: null});
    expect(read({...TICK, grayShare: null})).toMatchObject({type: 'tick', grayShare: null});
  });

  test('with buckets out of order is put in order', () => {
    const hist = [
      [53, 5],
      [52, 3],
      [53, 1],
    ];
    expect(read({...TICK, gray: {requests: 9, hist}})).toMatchObject({
      gray: {
        hist: [
          [52, 3],
          [53, 6],
        ],
      },
    });
  });

  test.each([
    ['{', 'not JSON'],
    ['', 'not JSON'],
    ['[]', 'not an object'],
    ['"tick"', 'not an object'],
    ['null', 'not an object'],
  ])('%s is told to be %s', (text, why) => {
    expect(readLine(text)).toEqual({type: 'bad', why, waits: null});
  });

  test.each<[string, object, string]>([
    ['no type', {type: undefined}, '"type" is none of'],
    ['no id', {id: undefined}, '"id" is neither'],
    ['no time', {t: 'now'}, '"t" is no number'],
    ['a share in percent', {grayShare: 5}, '"grayShare" is no number from 0 to 1'],
    ['no side', {gray: undefined}, '"gray" is missing'],
    ['a side that is a list', {gray: []}, '"gray" is missing'],
    ['no requests', {gray: {}}, '"gray.requests" is missing'],
    ['a fraction of a request', {gray: {requests: 1.5}}, '"gray.requests" is no whole number'],
    ['less than none', {gray: {requests: -1}}, '"gray.requests" is no whole number'],
    ['more errors than requests', {gray: {requests: 1, errors: 2}}, '"gray.errors" is 2 of 1 requests'],
    ['a sum below 0', {gray: {requests: 1, latencySumMs: -1}}, '"gray.latencySumMs" is no number'],
    ['a histogram that is none', {gray: {requests: 1, hist: {}}}, '"gray.hist" is no list'],
    ['a bucket that is none', {gray: {requests: 1, hist: [[0.5, 1]]}}, '"gray.hist" holds something'],
    ['a bucket far out', {gray: {requests: 1, hist: [[99_999, 1]]}}, '"gray.hist" holds something'],
  ])('a tick with %s is bad, and whoever waits for its answer is known', (_, change, why) => {
    const line = read({...TICK, ...change});
    expect(line).toMatchObject({type: 'bad', why: expect.stringContaining(why) as string});
    const waits = 'type' in change ? null : {id: 'id' in change ? null : 'a'};
    expect(line).toMatchObject({waits});
  });

  test('that is a tick cut short still says who waits for it', () => {
    const whole = JSON.stringify({...TICK, id: 'launch "1"'});
    expect(readLine(whole.slice(0, 60))).toEqual({type: 'bad', why: 'not JSON', waits: {id: 'launch "1"'}});
    expect(readLine('{"type":"tick","id":12,')).toMatchObject({waits: {id: 12}});
    expect(readLine('{"type":"end","id":"a"')).toMatchObject({waits: null});
  });

  test('of whatever text or JSON never throws', () => {
    const value = fc.oneof(
      fc.string(),
      fc.jsonValue().map(one => JSON.stringify(one)),
      fc
        .record(
          {
            type: fc.constantFrom('start', 'tick', 'history', 'end', 'x'),
            id: fc.jsonValue(),
            t: fc.jsonValue(),
            grayShare: fc.jsonValue(),
            tickSeconds: fc.jsonValue(),
            prod: fc.oneof(fc.jsonValue(), fc.record({requests: fc.nat(), hist: fc.jsonValue()})),
            gray: fc.oneof(fc.jsonValue(), fc.record({requests: fc.nat(), errors: fc.jsonValue()})),
          },
          {requiredKeys: []},
        )
        .map(one => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(value, text => {
        expect(['start', 'tick', 'history', 'end', 'bad']).toContain(readLine(text).type);
      }),
      {numRuns: 2000},
    );
  });
});

describe('lines out of chunks', () => {
  const split = (chunks: readonly string[]) => {
    const lines: (string | null)[] = [];
    const splitter = new LineSplitter();
    for (const chunk of chunks) splitter.push(chunk, line => lines.push(line));
    splitter.end(line => lines.push(line));
    return lines;
  };

  test('are the same however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z\n]{0,9}$/u)), chunks => {
        const whole = chunks.join('').split('\n');
        if (whole.at(-1) === '') whole.pop();
        expect(split(chunks)).toEqual(whole);
      }),
    );
  });

  test('that are too long are told to be and cost nothing; the next one is read', () => {
    const piece = 'x'.repeat(LONGEST_LINE / 4);
    expect(split([piece, piece, piece, piece, piece, `${piece}\nnext\n`])).toEqual([null, 'next']);
    expect(split([piece, piece, piece, piece, 'y'])).toEqual([null]);
  });
});
