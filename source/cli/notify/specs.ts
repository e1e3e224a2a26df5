import {dirname, resolve} from 'node:path';
import type {ChannelSpec, SecretSource} from '../../release/channel.ts';
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
