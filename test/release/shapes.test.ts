import {describe, expect, test} from 'vitest';
import {readable} from '../../source/release/event-shape.ts';
import type {Event} from '../../source/release/event.ts';
import {decodeReport} from '../../source/store/read-documents.ts';

describe('a verdict in the log', () => {
  const verdict = {type: 'verdict-changed', release: 'r1', action: 'hold', reasons: []} as const;
  test.each([{}, {onset: null, footing: null}, {onset: 1000, footing: 'people'}])(
    'is read with %j, as its type says',
    more => {
      const event = {...verdict, ...more} as unknown as Event;
      expect(readable(event)).toBe(event);
    },
  );

  test('with another footing is unreadable', () => {
    const event = {...verdict, footing: 'luck'} as unknown as Event;
    expect(readable(event)).toEqual({type: 'verdict-changed, unreadable'});
  });
});

test('what a newer version keeps in the facts of a step does not make the step unreadable', () => {
  const event = {
    type: 'step-ended',
    release: 'r1',
    step: 'deploy.deploy',
    outcome: 'done',
    error: null,
    facts: {ms: 5, host: 'web-1'},
  } as unknown as Event;
  expect(readable(event)).toBe(event);
});

describe('the report of a router', () => {
  const report = {
    name: 'sdk web-1/1',
    kind: 'sdk',
    version: 3,
    release: null,
    percent: 5,
    live: true,
    boundMs: 15_000,
  };
  test.each([{}, {trouble: 'site-broken: no upstream'}, {more: 1}])('is read with %j', more => {
    expect(decodeReport(JSON.stringify({...report, ...more}))).toEqual({...report, ...more});
  });

  test.each([
    {name: ''},
    {name: 'x'.repeat(300)},
    {kind: 'edge'},
    {version: -1},
    {release: 5},
    {percent: 101},
    {live: 'yes'},
    {boundMs: 8 * 24 * 3_600_000},
    {trouble: null},
  ])('is refused with %j', wrong => {
    expect(decodeReport(JSON.stringify({...report, ...wrong}))).toBeNull();
  });
});
