import {randomBytes} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import type {Attendance} from '../../console/deck.ts';
import {StoreFault} from '../../store/fault.ts';
import type {FeatureStore, FeatureView} from '../../store/port.ts';

/** How often a console that may act writes that it is open, milliseconds; three missed ones and it counts as gone. */
const EVERY_MS = 5000;

/** Tells others that this console may act on a feature, until the signal aborts. A console that only reads writes nothing. */
export async function keepPresence(
  {shares}: Pick<FeatureStore, 'shares'>,
  {name, now}: {name: string; now: () => number},
  signal: AbortSignal,
): Promise<void> {
  const id = randomBytes(6).toString('base64url');
  // The first screen comes before this.
  await pause(1000, undefined, {signal}).catch(() => undefined);
  if (signal.aborted) return;
  const {actingRecord} = await import('../../server/page/links.ts');
  while (!signal.aborted) {
    const {name: key, text} = actingRecord(id, name, now());
    try {
      await shares.write(key, text);
    } catch (error) {
      // A Redis user made before there were links may not write them; nothing else depends on them.
      if (error instanceof StoreFault && error.code === 'store-no-rights') return;
    }
    await pause(EVERY_MS, undefined, {signal}).catch(() => undefined);
  }
  await shares.remove([actingRecord(id, name, 0).name]).catch(() => undefined);
}

/** Who is at a feature: consoles that may act, and viewers by a link. @throws StoreFault */
export async function readPresence(
  {shares}: Pick<FeatureView, 'shares'>,
  now: () => number,
): Promise<Attendance> {
  const records = await shares.read();
  if (records.size === 0) return {acting: [], viewers: 0};
  const {actingIn, watchingIn} = await import('../../server/page/links.ts');
  return {acting: actingIn(records, now()), viewers: watchingIn(records, now())};
}
