import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {encodeTally} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {Measurements, type Entry, type SampleSource} from '../../source/metrics/follower.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore} from '../../source/store/port.ts';
import {T0, feed} from '../analysis/feed.ts';
import {eventually} from '../patience.ts';

const fields = (entry: string) => entry.split(' ');
const whole = (now: number) => ({from: now - 600_000, to: now + 60_000});

describe('measurements of a store', () => {
  let folder: string;
  let store: OperatorStore;
  let feature: FeatureStore;
  let measurements: Measurements;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graydeck-'));
    store = await openStore(`sqlite:${join(folder, 'store.db')}`, 'operator');
    feature = store.feature('new_payment');
    measurements = new Measurements({
      samples: feature.samples,
      rollUps: feature.rollUps,
      now: () => store.now(),
    });
  });

  afterEach(async () => {
    await measurements.close();
    await store.close();
    await rm(folder, {recursive: true});
  });

  const gray = () => measurements.windows.numbers('gray', whole(store.now()));

  it('hold the past at once, and everything new as it comes', async () => {
    await feature.samples.write([fields('side gray requests 5'), fields('side prod requests 7')]);
    await measurements.start();
    expect(gray().requests).toBe(5);
    expect(measurements.status().entries).toBe(2);
    await feature.samples.write([fields('side gray requests 3')]);
    await eventually(() => expect(gray().requests).toBe(8));
    expect(measurements.status()).toMatchObject({entries: 3, junk: 0, repeats: 0, away: null, aheadMs: null});
  });

  it('take the past from roll-ups where the stream holds too much of it, and nothing twice', async () => {
    const second = (ago: number) => Math.floor(store.now() / 1000) * 1000 - ago * 1000;
    const rolledUp = Array.from({length: 10}, (_, index) => {
      const windows = new Windows();
      const t = second(14 - index);
      feed(windows, t + 500, 'side gray requests 7');
      const tally = windows.rollUp(t)!;
      // So busy that nobody wants to read it entry by entry.
      for (const part of tally.parts) part.entries = 20_000;
      return {t, body: encodeTally(tally)};
    });
    await feature.rollUps.write('seconds', rolledUp, 3_600_000);
    // Of these the first two are in a roll-up already.
    await feature.samples.write([
      fields('side gray requests 1 age 9500'),
      fields('side gray requests 1 age 6500'),
      fields('side gray requests 3'),
    ]);
    await measurements.start();
    expect(gray().requests).toBe(73);
    // What comes late from now on is news.
    await feature.samples.write([fields('side gray requests 2 age 9500')]);
    await eventually(() => expect(gray().requests).toBe(75));
  });

  it('know people from rows, where roll-ups stand for the stream, and from the stream behind the rows', async () => {
    const begin = {release: 'r-1', splitVersion: 1, since: store.now() - 600_000};
    const request = (id: string, seconds: number) =>
      fields(
        `side gray requests 1 errors 1 response_time ${90 + seconds} person ${id} age ${seconds * 1000}`,
      );
    measurements.setRelease(begin);
    await measurements.start();
    await feature.samples.write(['a', 'b', 'c', 'a', 'a'].map((id, n) => request(id, 12 - n)));
    await eventually(() => expect(measurements.status().entries).toBe(5));
    await feature.rollUps.write('people', measurements.windows.peopleRows(0), 3_600_000);
    // Nobody has written down these; some of them are in roll-ups of their second.
    await feature.samples.write(['a', 'd', 'e', 'b', 'f'].map((id, n) => request(id, 7 - n)));
    await eventually(() => expect(measurements.status().entries).toBe(10));
    const whole = Math.floor(store.now() / 1000) * 1000;
    const seconds = Array.from({length: 15}, (_, n) => whole - (18 - n) * 1000).flatMap(t => {
      const tally = measurements.windows.rollUp(t);
      if (tally === null) return [];
      for (const part of tally.parts) part.entries = 20_000;
      return [{t, body: encodeTally(tally)}];
    });
    expect(seconds.length).toBeGreaterThan(5);
    await feature.rollUps.write('seconds', seconds, 3_600_000);
    const {samples, rollUps} = feature;
    const late = new Measurements({samples, rollUps, now: () => store.now()});
    late.setRelease(begin);
    await late.start();
    try {
      for (let t = whole - 20_000; t <= whole + 1000; t += 1000)
        expect(late.windows.second('gray', t, 'eligible')).toEqual(
          measurements.windows.second('gray', t, 'eligible'),
        );
      const span = {from: whole - 60_000, to: whole + 5000};
      expect(late.windows.people('gray', span)).toEqual({seen: 6, failed: 6, converted: 0});
      await feature.samples.write([request('c', 0), request('g', 0)]);
      await eventually(() =>
        expect(late.windows.people('gray', span)).toEqual({seen: 7, failed: 7, converted: 0}),
      );
    } finally {
      await late.close();
    }
  });

  it('read from the stream what roll-ups do not reach back to', async () => {
    await feature.samples.write([fields('side gray requests 5')]);
    const later = new Measurements({
      samples: feature.samples,
      rollUps: feature.rollUps,
      now: () => store.now() + 60_000,
    });
    const windows = new Windows();
    const t = Math.floor(store.now() / 1000) * 1000 + 50_000;
    feed(windows, t, 'side gray requests 7');
    const tally = windows.rollUp(t)!;
    for (const part of tally.parts) part.entries = 200_000;
    await feature.rollUps.write('seconds', [{t, body: encodeTally(tally)}], 3_600_000);
    await later.start();
    expect(later.windows.numbers('gray', whole(store.now())).requests).toBe(12);
    await later.close();
  });

  it('skip what does not parse, count it and show one of it, harmless', async () => {
    await feature.samples.write([
      fields('side gray requests many'),
      ['side', 'gray', '\x1b[2J\u202epaid', 'x'],
      fields('side gray requests 2'),
    ]);
    await measurements.start();
    expect(gray().requests).toBe(2);
    const {junk, lastJunk} = measurements.status();
    expect(junk).toBe(2);
    expect(lastJunk).toBe('requests is no number up to 10^12: side gray requests many');
  });

  it('tell who listens, until told to stop', async () => {
    let told = 0;
    const stop = measurements.subscribe(() => told++);
    await measurements.start();
    await feature.samples.write([fields('side gray requests 1')]);
    await eventually(() => expect(gray().requests).toBe(1));
    expect(told).toBeGreaterThan(0);
    stop();
    const before = told;
    await feature.samples.write([fields('side gray requests 1')]);
    await eventually(() => expect(gray().requests).toBe(2));
    expect(told).toBe(before);
  });

  it('speak of the new split only, once it is set', async () => {
    await feature.samples.write([fields('side gray release r1 split 3 requests 5')]);
    measurements.setRelease({release: 'r1', splitVersion: 3, since: 0});
    await measurements.start();
    expect(gray().requests).toBe(5);
    measurements.setRelease({release: 'r1', splitVersion: 4, since: store.now() + 1});
    expect(gray().requests).toBe(0);
    await feature.samples.write([fields('side gray release r1 split 3 requests 5')]);
    await eventually(() => expect(measurements.status().entries).toBe(2));
    expect(gray().requests).toBe(0);
  });

  it('go further back by the roll-ups than the stream does', async () => {
    const now = Math.floor(store.now() / 1000) * 1000;
    const past = new Windows();
    feed(past, now - 60_000, 'side gray requests 40 response_time 12');
    const future = new Windows();
    feed(future, now + 3_600_000, 'side gray requests 1000');
    const bodies = [past.rollUp(now - 60_000)!, future.rollUp(now + 3_600_000)!];
    await feature.rollUps.write(
      'seconds',
      [...bodies.map(tally => ({t: tally.t, body: encodeTally(tally)})), {t: now - 59_000, body: 'junk'}],
      3_600_000,
    );
    await feature.samples.write([fields('side gray requests 2')]);
    await measurements.start();
    expect(gray()).toMatchObject({requests: 42, responseTime: {mean: 12}});
    expect(measurements.windows.newestAt('gray')).toBeGreaterThanOrEqual(now);
  });

  it('are told apart from a clock that went wrong: the stream is ahead of it', async () => {
    await feature.samples.write([fields('side gray requests 2')]);
    const behind = new Measurements({samples: feature.samples, now: () => store.now() - 20_000});
    await behind.start();
    const {aheadMs, setAside} = behind.status();
    expect(Math.round(aheadMs! / 1000)).toBe(20);
    expect(setAside.ahead).toBe(1);
    await behind.close();
  });

  it('end when they are closed, whoever waits for them', async () => {
    await measurements.start();
    await measurements.close();
    await feature.samples.write([fields('side gray requests 1')]);
    expect(measurements.status().entries).toBe(0);
  });
});

/** A stream that fails where it is told to; a real store cannot be made to. */
class FailingSource implements SampleSource {
  readonly entries: Entry[] = [1, 2, 3, 4].map(n => ({
    id: String(n),
    at: T0 + n,
    fields: fields('side gray requests 1'),
  }));
  historyFailures: number[] = [];
  followed: string[] = [];

  async lastId(): Promise<string> {
    return '4';
  }

  async history(_: number, onBatch: (entries: Entry[]) => void): Promise<string> {
    const after = this.historyFailures.shift();
    if (after === undefined) {
      onBatch(this.entries.slice(0, 3));
      return '3';
    }
    if (after > 0) onBatch(this.entries.slice(0, after));
    throw new Error('connection\x1b[31m lost');
  }

  async follow(
    afterId: string,
    onBatch: (entries: Entry[]) => void,
    signal: AbortSignal,
    onStatus?: (status: {away: string | null}) => void,
  ): Promise<void> {
    this.followed.push(afterId);
    if (this.followed.length === 1) throw new Error('away again');
    onBatch(this.entries.filter(({id}) => id > afterId));
    onStatus?.({away: 'for a moment'});
    onStatus?.({away: null});
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), {once: true}));
  }
}

describe('a store that is away', () => {
  it('is said to be, is asked again, and no entry is lost or counted twice', async () => {
    const source = new FailingSource();
    source.historyFailures = [0, 2];
    const measurements = new Measurements({samples: source, now: () => T0 + 1000});
    const said: (string | null)[] = [];
    measurements.subscribe(() => {
      const {away} = measurements.status();
      if (said.at(-1) !== away) said.push(away);
    });
    await measurements.start();
    await eventually(() => expect(source.followed).toEqual(['2', '2']));
    expect(measurements.windows.numbers('gray', {from: T0, to: T0 + 1000}).requests).toBe(4);
    expect(said).toEqual(['connection lost', null, 'away again', null, 'for a moment', null]);
    expect(measurements.status().away).toBeNull();
    await measurements.close();
  });

  it('does not keep anybody who closes waiting', async () => {
    const source = new FailingSource();
    source.historyFailures = [0, 0, 0, 0, 0, 0];
    const measurements = new Measurements({samples: source, now: () => T0});
    const started = measurements.start();
    await eventually(() => expect(measurements.status().away).toBe('connection lost'));
    await measurements.close();
    await started;
    expect(source.followed).toEqual([]);
  });
});
