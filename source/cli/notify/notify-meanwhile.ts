import {dirname, resolve} from 'node:path';
import {plainText} from '../../text/plain-text.ts';
import type {Controller} from '../../controller/outcome.ts';
import type {ChannelSpec, SecretSource} from '../../release/channel.ts';
import type {Call} from '../call.ts';
import type {Session} from '../session/session.ts';
import type {Settings} from '../session/settings.ts';
import type {Notifier} from './outbox-options.ts';

/** The channels of the configuration; files that hold secrets are found from where it lies. */
export function channelSpecs({config}: Pick<Settings, 'config'>): ChannelSpec[] {
  if (config === null) return [];
  const folder = dirname(config.path);
  const placed = (source: SecretSource): SecretSource =>
    source.from === 'file' ? {from: 'file', path: resolve(folder, source.path)} : source;
  return config.value.channels.map((spec): ChannelSpec => {
    switch (spec.kind) {
      case 'slack':
        return {...spec, url: placed(spec.url)};
      case 'mail':
        return {...spec, password: spec.password === null ? null : placed(spec.password)};
      case 'sms':
        return {...spec, token: spec.token === null ? null : placed(spec.token)};
      case 'webhook':
        return {
          ...spec,
          url: typeof spec.url === 'string' ? spec.url : placed(spec.url),
          secret: placed(spec.secret),
        };
    }
  });
}

/** Whether this process has a channel to notify. */
export function hasChannels({config}: Pick<Settings, 'config'>): boolean {
  return (config?.value.channels.length ?? 0) > 0;
}

/** Warns of channels that cannot deliver, before an alert needs them. The guard runs all the same. */
export async function sayLacks({out}: Call, settings: Pick<Settings, 'config'>): Promise<void> {
  if (!hasChannels(settings)) return;
  const {lackOfChannel} = await import('../../notify/open-channel.ts');
  for (const spec of channelSpecs(settings)) {
    const lack = await lackOfChannel(spec);
    if (lack !== null) out.say(`${plainText(spec.name, 40)} cannot deliver: ${plainText(lack, 160)}`);
  }
}

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
  {controller, feature, local, settings, stamp}: Session,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (local === null || !hasChannels(settings)) return await work();
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
