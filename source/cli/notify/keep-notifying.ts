import type {Controller} from '../../controller/outcome.ts';
import type {Settings} from '../session/settings.ts';
import type {Notifier} from './outbox-options.ts';
import {hasChannels} from './specs.ts';

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
