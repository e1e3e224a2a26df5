import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {evidenceTick} from '../../source/analysis/judge/evidence-tick.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {T0} from './feed.ts';

const MINUTE = 60_000;
const sample = new Sample();

function add(into: Windows, fields: string, at: number): void {
  expect(new SampleParser(into.table).parse(fields.split(' '), at, sample)).toBeNull();
  into.add(sample, at);
}

/** Prod before the release: its requests name no person, since no side was dealt to anybody. */
function serveBefore(windows: Windows, until: number): void {
  for (let at = T0 - MINUTE; at < until; at += 100) add(windows, 'side prod requests 1', at);
}

function serve(windows: Windows, from: number, until: number): void {
  for (let at = from; at < until; at += 100) {
    add(windows, `side prod release r-1 split 1 requests 1 person p-${at}`, at);
    add(windows, `side gray release r-1 split 1 requests 1 person g-${at}`, at);
  }
}

describe('a release that begins in the middle of a second', () => {
  const begun = {release: 'r-1', splitVersion: 1, since: T0 + 400, startedAt: T0 + 400};

  /** Was read all the time, or is read only once the release runs. */
  const readers: [string, (windows: Windows) => void][] = [
    [
      'was followed before it',
      windows => {
        windows.begin({release: null, splitVersion: 0, since: 0});
        serveBefore(windows, T0 + 400);
        windows.begin(begun);
      },
    ],
    [
      'is read from the past',
      windows => {
        windows.begin(begun);
        serveBefore(windows, T0 + 400);
      },
    ],
  ];

  test.each(readers)('is judged by people from that second on, where it %s', (_, begin) => {
    const windows = new Windows({feature: 'pay', keepSeconds: 600});
    begin(windows);
    serve(windows, T0 + 400, T0 + 3000);
    const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
    for (let at = T0; at < T0 + 3000; at += 1000) {
      const tick = evidenceTick(windows, at, 50)!;
      const requests = at === T0 ? 6 : 10;
      expect(tick.prod).toMatchObject({requests, people: {requests, seen: requests}});
      expect(tick.gray).toMatchObject({requests, people: {requests, seen: requests}});
      expect(evaluator.observe(tick).footing).toBe('people');
    }
  });
});
