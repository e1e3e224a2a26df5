import type {Controller} from '../../controller/outcome.ts';
import type {Settings} from '../session/settings.ts';
import type {Teller} from './means.ts';
import {hasChannels} from './specs.ts';

/** Tells people what the log says they are to know, until the signal aborts. Without channels it costs nothing. */
export async function keepTelling(
  controller: Controller,
  settings: Pick<Settings, 'config'>,
  teller: Teller,
  signal: AbortSignal,
): Promise<void> {
  if (!hasChannels(settings)) return;
  const [{keepOutbox}, {outboxMeans}] = await Promise.all([
    import('../../notify/keep-outbox.ts'),
    import('./means.ts'),
  ]);
  await keepOutbox(await outboxMeans(controller, settings, teller), signal);
}
