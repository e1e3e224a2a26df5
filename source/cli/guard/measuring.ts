import {setTimeout as pause} from 'node:timers/promises';
import {longestLookMs} from '../../analysis/judge/longest-window.ts';
import {LongWindows} from '../../analysis/windows/long-windows.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Measuring} from '../../guard/acting.ts';
import type {Measurements} from '../../metrics/follower.ts';
import {MinuteReader} from '../../metrics/read-minutes.ts';
import type {FeatureView} from '../../store/port.ts';
import {openMeasurements} from '../session/measure.ts';
import type {Settings} from '../session/settings.ts';

/** The measurements of a feature for its guard, and for whoever else in this process looks at them. */
export interface GuardMeasuring extends Measuring {
  readonly measurements: Measurements;
}

/** A stream that is read as fast as it is written is read to its end within this time, milliseconds. */
const CATCHES_UP_WITHIN_MS = 1000;
const LOOK_MS = 20;

/** Opens measurements that can be told to count from a moment on only. */
export function openMeasuring(
  feature: FeatureView,
  view: ControllerView,
  settings: Pick<Settings, 'declared'>,
  options: {historyMs?: number; keepSeconds?: number} = {},
): GuardMeasuring {
  let notBefore = 0;
  const measurements = openMeasurements(feature, view, settings, {...options, notBefore: () => notBefore});
  const past = new MinuteReader({
    shelf: feature.rollUps,
    declared: settings.declared,
    longestMs() {
      const {release} = view.snapshot().state;
      return release === null ? 0 : longestLookMs(release, view.now());
    },
    now: () => view.now(),
  });
  const close = measurements.close.bind(measurements);
  measurements.close = async () => {
    past.close();
    await close();
  };
  return {
    measurements,
    windows: new LongWindows(measurements.windows, () => past.minutes),
    away: () => measurements.status().away,
    aheadMs: () => measurements.status().aheadMs,
    countFrom(at) {
      if (at === notBefore) return;
      notBefore = at;
      measurements.recount();
    },
    async ready() {
      await Promise.all([measurements.start(), past.catchUp()]);
      const last = await feature.samples.lastId().catch(() => null);
      if (last === null) return;
      const giveUpAt = performance.now() + CATCHES_UP_WITHIN_MS;
      // Who slept has the time it slept through still to read.
      const isBehind = () => isBefore(measurements.lastId ?? '0', last) && performance.now() < giveUpAt;
      while (isBehind()) await pause(LOOK_MS);
    },
  };
}

/** Ids of the store are numbers, or pairs of them. */
function isBefore(id: string, other: string): boolean {
  const [first = 0, second = 0] = id.split('-').map(Number);
  const [otherFirst = 0, otherSecond = 0] = other.split('-').map(Number);
  return first === otherFirst ? second < otherSecond : first < otherFirst;
}
