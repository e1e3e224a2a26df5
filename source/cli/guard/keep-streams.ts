import {setTimeout as pause} from 'node:timers/promises';
import {timeWords} from '../../analysis/judge/amounts.ts';
import {isEndless} from '../../analysis/judge/reasons.ts';
import {newAlertId} from '../../controller/ids.ts';
import type {Controller} from '../../controller/outcome.ts';
import type {Actor} from '../../release/command.ts';
import type {FeatureStore, MendedStream} from '../../store/port.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Mends the streams of a feature within about a second after an application has set one ahead of the store's clock, and
 * says so by one alert a stream. A store that is away is tried again. Ends with the signal.
 */
export async function keepStreams(
  {feature, controller, by}: {feature: FeatureStore; controller: Controller; by: Actor},
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const mended = await feature.mendStreams().catch(() => []);
    for (const one of mended) {
      const key = `stream ${one.stream}`;
      const {alerts} = controller.snapshot().state;
      if (alerts.some(alert => alert.key === key && alert.resolvedAt === null)) continue;
      const alert = {
        type: 'alert',
        alert: newAlertId(),
        level: 'warning',
        key,
        message: mendedWords(one),
      } as const;
      await controller.execute(alert, {by}).catch(() => undefined);
    }
    await pause(LOOK_EVERY_MS, undefined, {signal}).catch(() => undefined);
  }
}

/** What was wrong with a stream, and what has been done about it. */
export function mendedWords({stream, aheadMs, entries}: MendedStream): string {
  const wrong = isEndless(aheadMs)
    ? `the stream of ${stream} had reached the last id there is, and nothing could be written`
    : `the stream of ${stream} was ${timeWords(aheadMs)} ahead of the store's clock`;
  const count = entries === 1 ? '1 entry was' : `${entries} entries were`;
  return `${wrong}: ${count} put aside, and it goes on from the clock. A sender chooses ids of its own, or the store's clock went back`;
}
