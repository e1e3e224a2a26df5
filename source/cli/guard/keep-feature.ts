import {randomUUID} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {timeWords} from '../../text/amounts.ts';
import {isEndless} from '../../analysis/judge/reasons.ts';
import {newAlertId} from '../../controller/ids.ts';
import type {Controller} from '../../controller/outcome.ts';
import {keepRollUps} from '../../metrics/keep-roll-ups.ts';
import type {Monitor} from '../../monitor/monitor.ts';
import {readSummary, summaryOf} from '../../monitor/summary.ts';
import type {Actor} from '../../release/command.ts';
import {toJson} from '../../release/well-formed.ts';
import {StoreFault} from '../../store/fault.ts';
import type {FeatureStore, MendedStream, SummaryKeeper} from '../../store/port.ts';
import {keepNotifying} from '../notify/notify-meanwhile.ts';
import type {Notifier} from '../notify/outbox-options.ts';
import {keepReports} from '../report/keep-reports.ts';
import type {Settings} from '../session/settings.ts';

const LOOK_EVERY_MS = 1000;

/**
 * Mends the streams of a feature within about a second after an application has set one ahead of the store's clock, and
 * says so by one alert a stream. A store that is away is tried again. Ends with the signal.
 */
async function keepStreams(
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

const EVERY_MS = 1000;
/** A summary no older than this is kept by a process that lives, milliseconds. */
const LIVES_MS = 3000;

export interface SummaryKeeping {
  monitor: Monitor;
  summary: SummaryKeeper;
  /** Whether this process acts for the feature at the moment. */
  isOnDuty(): boolean;
  /** Whether it is the guard: then it does not look whether another process does it. */
  isGuard: boolean;
}

/**
 * Publishes the summary of a feature each second while this process acts, until the signal aborts. Of several consoles without a
 * guard the first one does it.
 */
export async function keepSummary(keeping: SummaryKeeping, signal: AbortSignal): Promise<void> {
  const by = randomUUID();
  while (!signal.aborted) {
    try {
      if (await isOurs(keeping, by)) await keeping.summary.write(toJson(summaryOf(keeping.monitor, by)));
    } catch (error) {
      // A Redis user made before there were summaries may not write them; nothing else depends on them.
      if (error instanceof StoreFault && error.code === 'store-no-rights') return;
      // A store that is away is tried again with the next second.
    }
    await pause(EVERY_MS, undefined, {signal}).catch(() => undefined);
  }
}

async function isOurs({monitor, summary, isOnDuty, isGuard}: SummaryKeeping, by: string): Promise<boolean> {
  if (!isOnDuty()) return false;
  if (isGuard) return true;
  const last = readSummary(await summary.read());
  return last === null || last.by === by || Math.abs(monitor.view.now() - last.at) > LIVES_MS;
}

export interface KeptFeature {
  feature: FeatureStore;
  controller: Controller;
  monitor: Monitor;
  settings: Pick<Settings, 'config' | 'declared'>;
  /** In whose name it is done, and whether this process has the duty to notify. */
  notifier: Notifier;
}

/**
 * Keeps what a feature needs of one process that may write, until the signal aborts: roll-ups, sound streams, reports of ended
 * releases, notifications and the summary of each second. The acting guard does it, else a console.
 */
export async function keepFeature(
  {feature, controller, monitor, settings, notifier}: KeptFeature,
  signal: AbortSignal,
): Promise<void> {
  const {measurements} = monitor.measuring;
  const {by, isOnDuty} = notifier;
  const rolledUp = {windows: measurements.windows, shelf: feature.rollUps, now: () => controller.now()};
  await Promise.all([
    measurements.start().then(() => keepRollUps(rolledUp, signal)),
    keepStreams({feature, controller, by}, signal),
    keepReports({feature, view: controller, settings}, signal),
    keepNotifying(controller, settings, notifier, signal),
    keepSummary({monitor, summary: feature.summary, isOnDuty, isGuard: by.kind === 'guard'}, signal),
  ]);
}
