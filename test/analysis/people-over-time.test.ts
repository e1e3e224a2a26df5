import {expect, test} from 'vitest';
import {LongWindows} from '../../source/analysis/windows/long-windows.ts';
import {Minutes, MINUTE_MS} from '../../source/analysis/windows/minutes.ts';
import {decodeTally, encodeTally, mergeTallies, type Tally} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {feed, T0} from './feed.ts';

const HOURS = 3;
const END = T0 + HOURS * 60 * MINUTE_MS;

test('over hours people are those of the seconds and of the minutes before, each once', () => {
  const begin = {release: 'r-1', splitVersion: 1, since: T0};
  const exact = new Windows({keepSeconds: HOURS * 3600 + 60});
  const near = new Windows({keepSeconds: 1800});
  for (const windows of [exact, near]) windows.begin(begin);
  const minutes = new Minutes(HOURS * 60 + 30);
  for (let from = T0; from < END; from += MINUTE_MS) {
    const seconds: Tally[] = [];
    for (let n = 0; n < 6; n++) {
      const at = from + n * 10_000 + 300;
      const person = (((at - T0) / 10_000) % 700) | 0;
      const entry = `side gray requests 1 errors ${person % 3 === 0 ? 1 : 0} person u-${person}`;
      for (const windows of [exact, near]) feed(windows, at, entry);
      const tally = near.rollUp(Math.floor(at / 1000) * 1000);
      if (tally !== null) seconds.push(tally);
    }
    const stored = decodeTally(from, encodeTally(mergeTallies(from, MINUTE_MS, seconds)));
    expect(stored === null ? false : minutes.restore(stored)).toBe(true);
  }
  const long = new LongWindows(near, () => minutes);
  for (const ms of [10, 30, 60, 179].map(count => count * MINUTE_MS))
    expect([ms, long.people('gray', {from: END - ms, to: END})]).toEqual([
      ms,
      exact.people('gray', {from: END - ms, to: END}),
    ]);
  expect(long.people('gray', {from: T0, to: END})).toEqual({seen: 700, failed: 234, converted: 0});
  expect(long.people('prod', {from: T0, to: END})).toBeNull();
});
