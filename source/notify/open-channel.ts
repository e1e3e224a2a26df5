import type {ChannelSpec} from '../release/channel.ts';
import type {Channel} from './channel.ts';
import {mailChannel} from './mail.ts';
import {readSecret, SecretMissing} from '../http/secret.ts';
import {slackChannel} from './slack.ts';
import {smsChannel, webhookChannel} from './sms.ts';
import {failed} from './channel.ts';

/** A channel as the configuration describes it, ready to be used; a secret that is missing is told with each try. */
export function openChannel(spec: ChannelSpec): Channel {
  const channel = channelOf(spec);
  return {
    ...channel,
    async send(message, signal) {
      try {
        return await channel.send(message, signal);
      } catch (error) {
        if (!(error instanceof SecretMissing)) throw error;
        return failed(error.message, {isFinal: true});
      }
    },
  };
}

function channelOf(spec: ChannelSpec): Channel {
  switch (spec.kind) {
    case 'slack':
      return slackChannel(spec);
    case 'mail':
      return mailChannel(spec);
    case 'sms':
      return smsChannel(spec);
    case 'webhook':
      return webhookChannel(spec);
  }
}

/** What a channel lacks to be used, in words: a variable that is not set, a file that is not there; null: nothing. */
export async function lackOfChannel(spec: ChannelSpec): Promise<string | null> {
  for (const source of secretsOf(spec)) {
    try {
      await readSecret(source);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return null;
}

/** Where the secrets of a channel stand. */
function secretsOf(spec: ChannelSpec) {
  switch (spec.kind) {
    case 'slack':
      return [spec.url];
    case 'mail':
      return spec.password === null ? [] : [spec.password];
    case 'sms':
      return spec.token === null ? [] : [spec.token];
    case 'webhook':
      return typeof spec.url === 'string' ? [spec.secret] : [spec.secret, spec.url];
  }
}
