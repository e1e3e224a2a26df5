import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {
  encodeTally,
  KEEP_MINUTES_MS,
  KEEP_SECONDS_MS,
  type Tally,
} from '../../source/analysis/windows/roll-up.ts';
import {readTallies} from '../../source/replay/read-tallies.ts';
import {openStore} from '../../source/store/open.ts';
import type {OperatorStore} from '../../source/store/port.ts';
import {HOUR, MINUTE, SECOND} from '../release/specification.ts';
import {minute} from './sample-log.ts';

let folder: string;
let store: OperatorStore;
/** Half past a minute, when the release ends. */
let end: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-tallies-'));
  store = await openStore(`sqlite:${join(folder, 'deck.db')}`, 'operator', {env: {}});
  end = Math.floor(store.now() / MINUTE) * MINUTE - MINUTE / 2;
  const {rollUps} = store.feature('pay');
  const row = (tally: Tally) => ({t: tally.t, body: encodeTally(tally)});
  const prod = (requests: number) => ({prod: {requests, errors: 0, took: 10}});
  const ended = Math.floor(end / MINUTE) * MINUTE;
  const minutes = Array.from({length: 481}, (_, ago) => row(minute(ended - ago * MINUTE, prod(60))));
  // A guard stores its checkpoint there.
  minutes.push({t: ended - HOUR + 1, body: '{"schema":"graydeck.checkpoint/1"}'});
  await rollUps.write('minutes', minutes, KEEP_MINUTES_MS);
  const seconds = Array.from({length: 3700}, (_, ago) =>
    row({...minute(ended + 45 * SECOND - ago * SECOND, prod(1)), ms: SECOND}),
  );
  await rollUps.write('seconds', seconds, KEEP_SECONDS_MS);
});
afterAll(async () => {
  await store.close();
  await rm(folder, {recursive: true, force: true});
});

async function tallies(from: number): Promise<Tally[]> {
  const taken: Tally[] = [];
  const time = {release: 'r-1', from, to: end, now: () => store.now()};
  await readTallies(store.feature('pay'), {}, time, tally => taken.push(tally));
  return taken;
}

/** Expects that the tallies cover the time without gap or overlap. */
function coversOnce(taken: readonly Tally[], from: number, to: number) {
  let at = from;
  for (const {t, ms} of taken) {
    expect(t).toBe(at);
    at = t + ms;
  }
  expect(at).toBe(to);
}

test('hours are read by the minute, and the last minute by the second', async () => {
  const from = Math.floor(end / MINUTE) * MINUTE - 7 * HOUR;
  const taken = (await tallies(from)).filter(({t}) => t >= from);
  coversOnce(taken, from, end);
  expect(taken.filter(({ms}) => ms === SECOND)).toHaveLength(30);
});

test('a short release is read by the second', async () => {
  const from = end - 20 * MINUTE;
  const taken = (await tallies(from)).filter(({t}) => t >= from);
  coversOnce(taken, from, end);
  expect(taken.every(({ms}) => ms === SECOND)).toBe(true);
});

test('time before the stored seconds is read by the minute', async () => {
  const from = Math.floor(end / MINUTE) * MINUTE - 2 * HOUR;
  const taken = (await tallies(from)).filter(({t}) => t >= from);
  coversOnce(taken, from, end);
  expect(taken[0]!.ms).toBe(MINUTE);
  expect(taken.at(-1)!.ms).toBe(SECOND);
});
