import {plainText} from '../../text/plain-text.ts';
import type {ChannelSpec} from '../../release/channel.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';
import type {Language} from '../../text/language.ts';

const CHECK = 'channels';

/** Whether people can be told of alerts and rollbacks: each channel with what it lacks. Nothing is sent. */
export async function checkChannels(specs: readonly ChannelSpec[]): Promise<Finding[]> {
  if (specs.length === 0)
    return [
      doubt(
        CHECK,
        'no channel is configured: alerts and rollbacks notify no person',
        'channels: in graydeck.yaml',
      ),
    ];
  const {lackOfChannel} = await import('../../notify/open-channel.ts');
  return await Promise.all(
    specs.map(async (spec): Promise<Finding> => {
      const name = plainText(spec.name, 40);
      const lack = await lackOfChannel(spec);
      return lack === null
        ? fine(CHECK, `${name}, told from ${spec.level} up`)
        : wrong(CHECK, `${name}: ${plainText(lack, 160)}`, 'graydeck doctor --send-test, once it is there');
    }),
  );
}

/** Sends every channel a message that says it is a test. */
export async function testChannels(
  specs: readonly ChannelSpec[],
  about: {feature: string; by: string; contacts: Readonly<Record<string, string>>; lang: Language},
): Promise<Finding[]> {
  if (specs.length === 0) return [];
  const {sendTest} = await import('../../notify/send-test.ts');
  const at = Date.now();
  const {feature, by, contacts, lang} = about;
  const tested = await sendTest(specs, {feature, by, at, id: String(at)}, {contacts, clean: plainText, lang});
  return tested.map(({channel, ok, ms, error}): Finding => {
    const note = error === null ? '' : `: ${plainText(error, 160)}`;
    return ok
      ? fine(CHECK, `${plainText(channel, 40)} took the test in ${ms} ms${note}`)
      : wrong(CHECK, `${plainText(channel, 40)} did not take the test${note}`, 'graydeck.yaml, channels');
  });
}
