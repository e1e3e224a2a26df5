import {dirname, resolve} from 'node:path';
import {plainText} from '../../analysis/plain-text.ts';
import type {ChannelSpec, SecretSource} from '../../release/channel.ts';
import type {Call} from '../call.ts';
import type {Settings} from '../session/settings.ts';

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
