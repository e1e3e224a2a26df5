import type {Controller} from '../../controller/outcome.ts';
import type {Session} from '../session/session.ts';
import type {Settings} from '../session/settings.ts';
import {hasChannels} from './channel-specs.ts';
import type {Notifier} from './outbox-options.ts';

/** Tells people what the log says they are to know, until the signal aborts. Without channels it costs nothing. */
export async function keepNotifying(
  controller: Controller,
  settings: Pick<Settings, 'config'>,
  notifier: Notifier,
  signal: AbortSignal,
): Promise<void> {
  if (!hasChannels(settings)) return;
  const [{keepOutbox}, {outboxOptions}] = await Promise.all([
    import('../../notify/keep-outbox.ts'),
    import('./outbox-options.ts'),
  ]);
  await keepOutbox(await outboxOptions(controller, settings, notifier), signal);
}

/** After its work a verb gives channels so long, milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Does a verb's work and tells people meanwhile and after it, where no guard lives to do so. Resolves and rejects as the
 * work does; a channel that does not answer delays the end of the verb for a while, and nothing else.
 */
export async function notifyMeanwhile<T>(
  {controller, feature, settings, stamp}: Session,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (!hasChannels(settings)) return await work();
  const working = work();
  // It may fail before it is awaited here. The await at the end receives the error.
  working.catch(() => undefined);
  const isAlone = await feature.lease.read().then(
    lease => lease === null,
    () => false,
  );
  if (!isAlone) return await working;
  const [{emptyOutbox}, {outboxOptions}] = await Promise.all([
    import('../../notify/keep-outbox.ts'),
    import('./outbox-options.ts'),
  ]);
  const options = await outboxOptions(controller, settings, {by: stamp.by, isOnDuty: () => true});
  await emptyOutbox(options, {forMs: PATIENCE_MS, after: working}, signal);
  return await working;
}
