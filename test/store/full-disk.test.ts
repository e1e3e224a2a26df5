import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, it, onTestFinished} from 'vitest';
import type {Commit} from '../../source/release/commit.ts';
import {openStore} from '../../source/store/open.ts';
import {appendMany, appendNext} from './commits.ts';

const folder = mkdtempSync(join(tmpdir(), 'graydeck-full-'));
const options = ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs'];
const canMount = (() => {
  const place = join(folder, 'try');
  mkdirSync(place);
  return spawnSync('mount', [...options, place]).status === 0 && spawnSync('umount', [place]).status === 0;
})();
afterAll(() => rmSync(folder, {recursive: true}));

const RAISE: Partial<Commit> = {events: [{type: 'percent-set', percent: 50, from: 5}]};
let count = 0;

/** A disk of 400 KiB with a store on it, and what fills the rest of it. */
async function smallDisk() {
  const place = join(folder, String(++count));
  mkdirSync(place);
  expect(spawnSync('mount', [...options, place]).status).toBe(0);
  const path = join(place, 'graydeck.db');
  const opened: {close(): Promise<void>}[] = [];
  onTestFinished(async () => {
    for (const store of opened) await store.close();
    spawnSync('umount', [place]);
  });
  const filler = join(place, 'filler');
  return {
    open: async <R extends 'operator' | 'viewer'>(role: R) => {
      const store = await openStore(`sqlite:${path}`, role, {env: {}});
      opened.push(store);
      return store;
    },
    reserve: () => statSync(`${path}-reserve`).size,
    fill: () => expect(() => writeFileSync(filler, 'x'.repeat(500_000))).toThrow('ENOSPC'),
    free: () => rmSync(filler),
  };
}

describe.skipIf(!canMount)('the embedded store on a full disk', () => {
  it('takes a rollback, refuses a raise, and can be read, by processes that come anew', async () => {
    const {open, fill, free, reserve} = await smallDisk();
    const first = await open('operator');
    await appendMany(first.feature('pay'), 3);
    await first.close();
    expect(reserve()).toBe(131_072);
    fill();
    const viewer = await open('viewer');
    expect((await viewer.feature('pay').log.head())?.version).toBe(3);
    await viewer.close();
    const second = await open('operator');
    const feature = second.feature('pay');
    await expect(appendNext(feature, RAISE)).rejects.toMatchObject({
      code: 'store-full',
      message: expect.stringMatching(/^The disk of sqlite:.* is full\.$/) as string,
    });
    await expect(
      feature.samples.write([['side', 'gray', 'requests', '1', 'x'.repeat(50_000)]]),
    ).rejects.toMatchObject({
      code: 'store-full',
    });
    // The commit of a rollback and those of its steps.
    await appendMany(feature, 8);
    expect(await feature.lease.hold('guard', 'token', 5000)).toMatchObject({holder: 'guard'});
    await feature.outputs.write({release: 'r', step: 's', attempt: 1, text: 'snapshot', result: null});
    await second.close();
    free();
    const third = await open('operator');
    expect((await appendNext(third.feature('pay'), RAISE)).version).toBe(12);
    expect(reserve()).toBe(131_072);
  });

  it('leaves the guard its lease, however often that is renewed', async () => {
    const {open, fill} = await smallDisk();
    const {lease, log} = (await open('operator')).feature('pay');
    await appendNext((await open('operator')).feature('pay'));
    expect(await lease.hold('guard', 'token', 5000)).not.toBeNull();
    fill();
    for (let n = 0; n < 200; n++) expect(await lease.hold('guard', 'token', 5000)).not.toBeNull();
    expect((await log.head())?.version).toBe(1);
    await appendNext((await open('operator')).feature('pay'));
    expect((await log.head())?.version).toBe(2);
  });
});
