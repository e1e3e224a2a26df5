import {plainText} from '../../analysis/plain-text.ts';
import type {Call} from '../call.ts';
import type {Settings} from '../session/settings.ts';
import {channelSpecs, hasChannels} from './specs.ts';

/** Says which channels cannot tell anybody, before it matters. Nobody is kept from guarding by it. */
export async function sayLacks({out}: Call, settings: Pick<Settings, 'config'>): Promise<void> {
  if (!hasChannels(settings)) return;
  const {lackOfChannel} = await import('../../notify/open-channel.ts');
  for (const spec of channelSpecs(settings)) {
    const lack = await lackOfChannel(spec);
    if (lack !== null) out.say(`${plainText(spec.name, 40)} tells nobody: ${plainText(lack, 160)}`);
  }
}
