import {plainText} from '../../analysis/plain-text.ts';
import type {Call} from '../call.ts';
import type {Settings} from '../session/settings.ts';
import {channelSpecs, hasChannels} from './specs.ts';

/** Warns of channels that cannot deliver, before an alert needs them. The guard runs all the same. */
export async function sayLacks({out}: Call, settings: Pick<Settings, 'config'>): Promise<void> {
  if (!hasChannels(settings)) return;
  const {lackOfChannel} = await import('../../notify/open-channel.ts');
  for (const spec of channelSpecs(settings)) {
    const lack = await lackOfChannel(spec);
    if (lack !== null) out.say(`${plainText(spec.name, 40)} cannot deliver: ${plainText(lack, 160)}`);
  }
}
