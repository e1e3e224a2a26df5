import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {isAcknowledged, type Latch} from '../../source/audience/latch.ts';
import {latchPath, openLatch, readLatch, setLatch} from '../../source/router/latch-file.ts';

const LATCH: Latch = {
  schema: 'graydeck.latch/1',
  feature: 'new_payment',
  release: 'r-1',
  by: 'liu',
  reason: null,
  at: 5,
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-latch-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

describe('the latch of an offline rollback', () => {
  test('is read back as it was set, and only by its own feature', async () => {
    await setLatch(folder, LATCH);
    expect(await readLatch(folder, 'new_payment')).toEqual({kind: 'set', latch: LATCH});
    expect(await readLatch(folder, 'search')).toEqual({kind: 'open'});
  });

  test('leaves no temporary file, and is gone once it is opened', async () => {
    const path = await setLatch(folder, LATCH);
    expect(await readdir(dirname(path))).toEqual(['new_payment.json']);
    await openLatch(folder, 'new_payment');
    expect(await readLatch(folder, 'new_payment')).toEqual({kind: 'open'});
  });

  test.each([
    ['half a file', '{"schema":"graydeck.la'],
    ['nothing', ''],
    ['another document', '{"schema":"graydeck.latch/2","feature":"new_payment","release":"r-1"}'],
    ['the latch of another feature', JSON.stringify({...LATCH, feature: 'search'})],
  ])('holds if its file is %s', async (_what, text) => {
    const path = latchPath(folder, 'new_payment');
    await mkdir(dirname(path), {recursive: true});
    await writeFile(path, text);
    expect((await readLatch(folder, 'new_payment')).kind).toBe('damaged');
  });

  test('opens only by a split that says its release was rolled back', () => {
    expect(isAcknowledged(LATCH, {rolledBack: []})).toBe(false);
    expect(isAcknowledged(LATCH, {rolledBack: ['r-2']})).toBe(false);
    expect(isAcknowledged(LATCH, {rolledBack: ['r-2', 'r-1']})).toBe(true);
  });
});
