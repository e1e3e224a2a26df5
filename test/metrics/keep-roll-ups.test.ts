import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {decodeTally} from '../../source/analysis/windows/roll-up.ts';
import {Measurements} from '../../source/metrics/follower.ts';
import {keepRollUps} from '../../source/metrics/keep-roll-ups.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore} from '../../source/store/port.ts';
import {eventually} from '../patience.ts';

let folder: string;
let store: OperatorStore;
let feature: FeatureStore;
let stop: AbortController;
const open: {close(): Promise<void>}[] = [];
const running: Promise<void>[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-roll-ups-'));
  store = await openStore(`sqlite:${join(folder, 'deck.db')}`, 'operator');
  feature = store.feature('new_payment');
  stop = new AbortController();
  passed = 0;
});

afterEach(async () => {
  stop.abort();
  await Promise.all(running.splice(0));
  await Promise.all(open.splice(0).map(one => one.close()));
  await store.close();
  await rm(folder, {recursive: true});
});

function measure(): Measurements {
  const {samples, rollUps} = feature;
  const measurements = new Measurements({samples, rollUps, now: () => store.now()});
  open.push(measurements);
  return measurements;
}

/** Time that passes at once, milliseconds. */
let passed = 0;

function keep({windows}: Measurements): void {
  running.push(keepRollUps({windows, shelf: feature.rollUps, now: () => store.now() + passed}, stop.signal));
}

/** `requests` of prod in each of the seconds that lie `from` to `to` seconds back. */
async function writePast(from: number, to: number, requests: number): Promise<void> {
  const entries = Array.from({length: from - to}, (_, index) => [
    'side',
    'prod',
    'requests',
    String(requests),
    'response_time',
    '50',
    'age',
    String((from - index) * 1000),
  ]);
  await feature.samples.write(entries, 3600_000);
}

const last = (ms: number) => ({from: store.now() - ms, to: store.now()});

test('a console that opens when the raw samples are gone shows what was measured', async () => {
  await writePast(600, 10, 3);
  const first = measure();
  await first.start();
  keep(first);
  await eventually(async () => expect((await feature.rollUps.read('seconds', 0)).length).toBe(590));
  await feature.samples.write([['side', 'prod', 'requests', '1']], 1);
  const late = measure();
  await late.start();
  const numbers = late.windows.numbers('prod', last(590_000));
  expect(numbers.requests).toBeGreaterThan(570 * 3);
  expect(numbers.responseTime.p95).toBeGreaterThan(49);
});

test('whole minutes are the merge of their seconds', async () => {
  await writePast(300, 10, 2);
  const measurements = measure();
  await measurements.start();
  keep(measurements);
  await eventually(async () =>
    expect((await feature.rollUps.read('minutes', 0)).length).toBeGreaterThanOrEqual(4),
  );
  const [, second] = await feature.rollUps.read('minutes', 0);
  const tally = decodeTally(second!.t, second!.body);
  expect(tally?.parts[0]?.counters.get('requests')).toBe(120);
});

test('while somebody else is at it, nobody writes a second time', async () => {
  await writePast(60, 5, 1);
  // A stream that stands still would make the first look gone.
  const traffic = setInterval(() => void feature.samples.write([['side', 'prod', 'requests', '1']]), 300);
  open.push({close: () => Promise.resolve(clearInterval(traffic))});
  const first = measure();
  await first.start();
  keep(first);
  await eventually(async () => expect((await feature.rollUps.read('seconds', 0)).length).toBeGreaterThan(50));
  const write = vi.fn<FeatureStore['rollUps']['write']>(feature.rollUps.write.bind(feature.rollUps));
  const read = vi.fn<FeatureStore['rollUps']['read']>(feature.rollUps.read.bind(feature.rollUps));
  running.push(
    keepRollUps({windows: first.windows, shelf: {read, write}, now: () => store.now()}, stop.signal),
  );
  // The second look shows that the first led to nothing.
  await eventually(() => expect(read).toHaveBeenCalledTimes(2));
  expect(write).not.toHaveBeenCalled();
});

test('what comes late, from who sends by the minute, is in the seconds and minutes all the same', async () => {
  await writePast(150, 10, 2);
  const measurements = measure();
  await measurements.start();
  keep(measurements);
  await eventually(async () => expect((await feature.rollUps.read('seconds', 0)).length).toBe(140));
  const late = store.now() - 90_000;
  await feature.samples.write([['side', 'prod', 'requests', '50', 'age', String(store.now() - late)]]);
  passed = 11_000;
  const requestsIn = async (kind: 'seconds' | 'minutes', ms: number) => {
    const t = Math.floor(late / ms) * ms;
    const body = (await feature.rollUps.read(kind, t)).find(row => row.t === t)?.body ?? '';
    return decodeTally(t, body)?.parts[0]?.counters.get('requests');
  };
  // Its second had two requests, its minute two each second.
  await eventually(async () => expect(await requestsIn('seconds', 1000)).toBe(52));
  await eventually(async () => expect(await requestsIn('minutes', 60_000)).toBe(170));
});

test('what the windows of another release have forgotten stays in the roll-ups', async () => {
  const entries = ['gray', 'prod'].flatMap(side =>
    Array.from({length: 20}, (_, index) => [
      'side',
      side,
      'requests',
      '7',
      'age',
      String(20_000 - index * 500),
    ]),
  );
  await feature.samples.write(entries);
  const measurements = measure();
  measurements.setRelease({release: 'r-1', splitVersion: 0, since: 0});
  await measurements.start();
  keep(measurements);
  const requests = async () => {
    const rows = await feature.rollUps.read('seconds', 0);
    const parts = rows.flatMap(({t, body}) => decodeTally(t, body)?.parts ?? []);
    return parts.reduce((sum, {counters}) => sum + (counters.get('requests') ?? 0), 0);
  };
  await eventually(async () => expect(await requests()).toBe(280));
  measurements.setRelease({release: 'r-2', splitVersion: 9, since: store.now()});
  const oldest = store.now() - 25_000;
  const lookedAt = vi.spyOn(measurements.windows, 'changeAt');
  passed = 11_000;
  // It looks again for what has come late.
  await eventually(() => expect(lookedAt.mock.calls.some(([t]) => t < oldest)).toBe(true));
  stop.abort();
  await Promise.all(running);
  expect(await requests()).toBe(280);
});
