import {setImmediate as nextTurn} from 'node:timers/promises';
import type {DeclaredMetrics} from '../../analysis/metric-table.ts';
import {decodeTally, KEEP_SECONDS_MS, type Tally} from '../../analysis/windows/roll-up.ts';
import {Measurements} from '../../metrics/follower.ts';
import {KEEP_SAMPLES_MS, type FeatureView, type RollUp} from '../../store/port.ts';

const MINUTE_MS = 60_000;
/** Tallies decoded in one go. */
const AT_ONCE = 200;

/** The time of a release; `now`: the store's clock. Milliseconds since 1970. */
interface Time {
  release: string;
  from: number;
  to: number;
  now(): number;
}

/**
 * What was measured of a release, in order, no moment twice: seconds as far back as they are kept, minutes before that;
 * where nobody rolled up, the samples themselves as long as they live. @throws StoreFault
 */
export async function readTallies(
  feature: Pick<FeatureView, 'rollUps' | 'samples'>,
  declared: DeclaredMetrics,
  time: Time,
): Promise<Tally[]> {
  const {from, to, now} = time;
  const {rollUps} = feature;
  const finestFrom = Math.ceil((now() - KEEP_SECONDS_MS) / MINUTE_MS) * MINUTE_MS;
  const [minutes, seconds] = await Promise.all([
    from < finestFrom ? rollUps.read('minutes', from - MINUTE_MS) : [],
    to > finestFrom ? rollUps.read('seconds', Math.max(from - 1000, finestFrom)) : [],
  ]);
  // Between the minutes lie checkpoints.
  const early = minutes.filter(({t}) => t % MINUTE_MS === 0 && t < Math.min(finestFrom, to));
  const late = seconds.filter(({t}) => t >= finestFrom && t < to);
  const tallies = await decodeAll([...early, ...late]);
  const rolledUpTo = late.at(-1)?.t ?? early.at(-1)?.t ?? -Infinity;
  const missingFrom = Math.max(from, rolledUpTo + 1000, now() - KEEP_SAMPLES_MS);
  if (missingFrom >= to) return tallies;
  return [...tallies, ...(await fromSamples(feature, declared, {...time, from: missingFrom}))];
}

/** Roll-ups read back, those that are none left out; others have their turn meanwhile. */
export async function decodeAll(rows: readonly RollUp[]): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const [index, {t, body}] of rows.entries()) {
    const tally = decodeTally(t, body);
    if (tally !== null) tallies.push(tally);
    if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
  }
  return tallies;
}

/** Seconds that nobody has rolled up yet, whatever the split was at the time. */
async function fromSamples(
  {samples}: Pick<FeatureView, 'samples'>,
  declared: DeclaredMetrics,
  {release, from, to, now}: Time,
): Promise<Tally[]> {
  const measurements = new Measurements({samples, now, historyMs: now() - from + 1000, ...declared});
  measurements.setRelease({release, splitVersion: 0, since: from});
  try {
    await measurements.start();
    const tallies: Tally[] = [];
    for (let t = Math.floor(from / 1000) * 1000; t < to; t += 1000) {
      const tally = measurements.windows.rollUp(t);
      if (tally !== null) tallies.push(tally);
    }
    return tallies;
  } finally {
    await measurements.close();
  }
}
