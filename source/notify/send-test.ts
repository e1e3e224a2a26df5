import type {ChannelSpec} from '../release/channel.ts';
import type {MessageOptions, Message} from './message.ts';
import {contactsOf} from './message.ts';
import {openChannel} from './open-channel.ts';
import {messageWords} from './words.ts';

/** What came of a test message on one channel. */
export interface Tested {
  channel: string;
  kind: ChannelSpec['kind'];
  ok: boolean;
  /** How long it took, milliseconds. */
  ms: number;
  /** Why it failed, or what is worth knowing; null: nothing. */
  error: string | null;
}

/**
 * Sends each channel a message that says it is a test, all at once, and tells what came of each. Nothing is journaled and
 * nothing is tried twice. Never rejects.
 * @param about whose test it is: the feature, and who asks for it
 */
export async function sendTest(
  specs: readonly ChannelSpec[],
  about: {feature: string; by: string; at: number; id: string},
  {contacts, clean, lang}: MessageOptions,
): Promise<Tested[]> {
  const t = messageWords(lang);
  const message: Message = {
    id: `${about.feature}/test ${about.id}`,
    kind: 'test',
    level: 'info',
    feature: about.feature,
    release: null,
    alert: null,
    measured: null,
    word: t.first.test,
    text: t.test,
    by: clean(about.by, 80),
    authenticated: null,
    head: null,
    at: about.at,
    lines: [t.testBy(clean(about.by, 80))],
    contacts: contactsOf(contacts, clean),
    attempt: 1,
    mayBeRepeat: false,
    repeat: null,
  };
  return await Promise.all(
    specs.map(async (spec): Promise<Tested> => {
      const channel = openChannel(spec);
      const begun = performance.now();
      const tried = await channel
        .send(message, AbortSignal.timeout(channel.timeoutMs))
        .catch(() => ({outcome: 'failed' as const, error: 'it failed by a fault of its own'}));
      const error = tried.outcome === 'done' ? tried.note : tried.error;
      const ms = Math.round(performance.now() - begun);
      return {channel: spec.name, kind: spec.kind, ok: tried.outcome === 'done', ms, error};
    }),
  );
}
