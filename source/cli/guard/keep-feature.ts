import type {Controller} from '../../controller/outcome.ts';
import type {Monitor} from '../../monitor/monitor.ts';
import {keepRollUps} from '../../metrics/keep-roll-ups.ts';
import type {FeatureStore} from '../../store/port.ts';
import {keepNotifying} from '../notify/keep-notifying.ts';
import type {Notifier} from '../notify/outbox-options.ts';
import {keepReports} from '../report/keep-reports.ts';
import type {Settings} from '../session/settings.ts';
import {keepStreams} from './keep-streams.ts';
import {keepSummary} from './keep-summary.ts';

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
