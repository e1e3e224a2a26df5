import {describe, expect, it} from 'vitest';
import type {FeatureStore, SampleEntry} from '../../../source/store/port.ts';
import {followSamples} from '../followed.ts';
import {newFeature, opener, type Subject} from './subject.ts';
import {PATIENCE_MS} from '../../patience.ts';

const numbered = (from: number, count: number) =>
  Array.from({length: count}, (_, n) => ['side', 'gray', 'requests', String(from + n)]);

const numbersOf = (entries: SampleEntry[]) => entries.map(entry => Number(entry.fields[3]));
const upTo = (count: number, from = 0) => Array.from({length: count}, (_, n) => from + n);

async function history(feature: FeatureStore, sinceMs: number) {
  const entries: SampleEntry[] = [];
  const last = await feature.samples.history(
    sinceMs,
    batch => entries.push(...batch),
    AbortSignal.timeout(PATIENCE_MS),
  );
  return {entries, last};
}

export function sampleContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('samples', () => {
    it('come back as they were written, with the time of the store', async () => {
      const store = await open('operator');
      const feature = store.feature(newFeature());
      const before = store.now();
      const fields = [
        'side',
        'gray',
        '',
        'empty name',
        'requests',
        '1',
        'requests',
        '1',
        '名',
        '\u0000\u001B[2J',
      ];
      await feature.samples.write([fields]);
      const {entries} = await history(feature, before - 1000);
      expect(entries.map(entry => entry.fields)).toEqual([fields]);
      // The store's clock may count in whole milliseconds, and begin a little apart.
      expect(entries[0]!.at).toBeGreaterThan(before - 1000);
      expect(entries[0]!.at).toBeLessThan(Date.now() + 1000);
    });

    it('are read from the past and followed into the future without gap or repeat', async () => {
      const feature = (await open('operator')).feature(newFeature());
      await feature.samples.write(numbered(0, 2500));
      const past = await history(feature, 0);
      expect(numbersOf(past.entries)).toEqual(upTo(2500));
      await feature.samples.write(numbered(2500, 10));
      const followed = followSamples(feature.samples, past.last);
      await feature.samples.write(numbered(2510, 1500));
      await followed.got(1510);
      await followed.stop();
      expect(numbersOf(followed.entries)).toEqual(upTo(1510, 2500));

      await feature.samples.write(numbered(4010, 5));
      const resumed = followSamples(feature.samples, followed.entries.at(-1)!.id);
      await resumed.got(5);
      await resumed.stop();
      expect(numbersOf(resumed.entries)).toEqual(upTo(5, 4010));
    });

    it('of an empty stream are followed from its first entry on', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const past = await history(feature, 0);
      expect(past.entries).toEqual([]);
      await feature.samples.write(numbered(0, 1));
      const followed = followSamples(feature.samples, past.last);
      await followed.got(1);
      await followed.stop();
      expect(numbersOf(followed.entries)).toEqual([0]);
    });

    it('can be followed from now on, the past left out', async () => {
      const name = newFeature();
      const feature = (await open('operator')).feature(name);
      await feature.samples.write(numbered(0, 3));
      const {samples} = (await open('viewer')).feature(name);
      const followed = followSamples(samples, await samples.lastId());
      await feature.samples.write(numbered(3, 2));
      await followed.got(2);
      await followed.stop();
      expect(numbersOf(followed.entries)).toEqual([3, 4]);
    });

    it('of several writers arrive all, each writer in its order', async () => {
      const name = newFeature();
      const apps = [(await open('router')).feature(name), (await open('router')).feature(name)];
      const reader = (await open('viewer')).feature(name);
      const followed = followSamples(reader.samples, await reader.samples.lastId());
      await Promise.all(
        apps.map(async (app, n) => {
          for (let seq = 0; seq < 40; seq++)
            await app.writeSamples([['side', 'gray', `app-${n}`, String(seq)]]);
        }),
      );
      await followed.got(80);
      await followed.stop();
      for (const app of ['app-0', 'app-1']) {
        expect(numbersOf(followed.entries.filter(entry => entry.fields[2] === app))).toEqual(upTo(40));
      }
    });

    it('older than they are worth are trimmed, the young ones never', async () => {
      const store = await open('operator');
      const feature = store.feature(newFeature());
      for (let n = 0; n < 250; n++) {
        await subject().raw.putSample(feature.feature, store.now() - 3_600_000 + n, [
          'side',
          'gray',
          'old',
          '1',
        ]);
      }
      await feature.samples.write(numbered(0, 40), 60_000);
      await feature.samples.write(numbered(40, 1), 60_000);
      const {entries} = await history(feature, 0);
      const young = entries.filter(entry => entry.fields[2] === 'requests');
      expect(numbersOf(young)).toEqual(upTo(41));
      // "About": a stream is trimmed by whole blocks.
      expect(entries.length - young.length).toBeLessThan(150);
    });

    it('whose newest lies ahead of the clock are still followed by what comes after, and show it', async () => {
      const store = await open('operator');
      const feature = store.feature(newFeature());
      await subject().raw.putSample(feature.feature, store.now() + 600_000, [
        'side',
        'gray',
        'requests',
        '0',
      ]);
      const past = await history(feature, store.now() - 1000);
      expect(past.entries[0]!.at).toBeGreaterThan(store.now() + 500_000);
      await feature.samples.write(numbered(1, 2));
      const followed = followSamples(feature.samples, past.last);
      await followed.got(2);
      await followed.stop();
      expect(numbersOf([...past.entries, ...followed.entries])).toEqual([0, 1, 2]);
    });

    it('may be junk or a megabyte: the store hands on what was written, or as much as can be a sample', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const entries = [['side'], ['odd', 'number', 'of'], ['sketch', `~${'A'.repeat(1_000_000)}`]];
      for (const fields of entries.filter(fields => fields.length % 2 === 1)) {
        await subject()
          .raw.putSample(feature.feature, Date.now(), fields)
          .catch(() => undefined);
      }
      await feature.samples.write([entries[2]!]);
      const past = await history(feature, 0);
      const [name, text] = past.entries.at(-1)!.fields;
      expect(name).toBe('sketch');
      expect(entries[2]![1]!.startsWith(text!)).toBe(true);
      expect(text!.length).toBeGreaterThan(100_000);
    });
  });
}
