import {Sample} from '../../source/analysis/sample.ts';
import type {Counted, Windows} from '../../source/analysis/windows/windows.ts';
import {SampleParser} from '../../source/metrics/sample.ts';

/** A moment to count from: a whole minute. */
export const T0 = 1_800_000_000_000;

/** Counts one entry, written as an operator would on the command line: `side gray requests 1`. */
export function feed(windows: Windows, at: number, entry: string, now = at): Counted {
  const sample = new Sample();
  const wrong = new SampleParser(windows.table).parse(entry.split(' '), at, sample);
  if (wrong !== null) throw new Error(`${wrong}: ${entry}`);
  return windows.add(sample, now);
}
