import {expect, test} from 'vitest';
import {grayRequestsSince} from '../../source/cli/commands/steps.ts';
import type {SampleEntry, SampleReader} from '../../source/store/port.ts';

/** Entries that stand in a stream; what is under test is only what is made of them. */
function stream(...entries: [at: number, fields: string][]): SampleReader {
  const list: SampleEntry[] = entries.map(([at, fields], index) => ({
    id: `${at}-${index}`,
    at,
    fields: fields.split(' '),
  }));
  return {
    lastId: () => Promise.resolve(''),
    follow: () => Promise.resolve(),
    history(sinceMs, onBatch) {
      onBatch(list.filter(({at}) => at >= sinceMs));
      return Promise.resolve('');
    },
  };
}

const KEY = 1_000_000;
const since = (...entries: [number, string][]) =>
  grayRequestsSince(stream(...entries), KEY, new AbortController().signal);

test('what gray answered after the key is counted, what it answered before is not', async () => {
  expect(await since([KEY - 10, 'side gray requests 7'], [KEY + 10, 'side gray requests 3'])).toBe(3);
});

test('of a batch that began before the key only the share after it is counted, rounded up', async () => {
  // Measured from KEY - 150 to KEY + 100: two fifths of it after the key.
  expect(await since([KEY + 100, 'side gray age 125 requests 10'])).toBe(4);
  expect(await since([KEY + 100, 'side gray age 125 requests 1'])).toBe(1);
});

test('prod is not counted, and where nobody measures the number is unknown', async () => {
  expect(await since([KEY + 10, 'side prod requests 3'])).toBe(0);
  expect(await since()).toBeNull();
});
