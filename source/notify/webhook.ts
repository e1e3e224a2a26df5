import {createHmac} from 'node:crypto';
import type {WebhookSpec} from '../release/channel.ts';
import {failed, type Channel} from './channel.ts';
import type {Message} from './message.ts';
import {post, warmHttp} from './post.ts';
import {readSecret, secretsIn} from '../http/secret.ts';

/**
 * A webhook of the project's own. Each call is signed: `x-graydeck-signature` is `v1=` and the HMAC-SHA256, in hex, of
 * `x-graydeck-timestamp` (seconds since 1970), a dot and the body. A receiver refuses what is older than it likes, and
 * knows a repeat by `idempotency-key`.
 */
export function webhookChannel({name, level, features, url, secret}: WebhookSpec): Channel {
  return {
    name,
    level,
    features,
    timeoutMs: 8000,
    perMinute: 60,
    warm: warmHttp,
    async send(message, signal) {
      const key = await readSecret(secret);
      const address = typeof url === 'string' ? url : await readSecret(url);
      if (!URL.canParse(address)) return failed('its address is none', {isFinal: true});
      const body = JSON.stringify(webhookBody(message));
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'graydeck',
        'idempotency-key': message.id,
        'x-graydeck-timestamp': timestamp,
        'x-graydeck-signature': `v1=${signatureOf(key, timestamp, body)}`,
      };
      return await post({url: address, headers, body, secrets: [key, ...secretsIn(address)]}, signal);
    },
  };
}

/** HMAC-SHA256 over time and body, in hex. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

/**
 * `graydeck.notice/1`: all that is known, for a program. Moments in milliseconds since 1970. `metric`, `side`, `value`,
 * `limit` and `window` (seconds) are what was measured, null where the notice is about no number.
 */
function webhookBody({repeat: _, measured, ...message}: Message) {
  const {metric = null, side = null, value = null, limit = null, windowSeconds = null} = measured ?? {};
  return {
    schema: 'graydeck.notice/1',
    ...message,
    metric,
    side,
    value,
    limit,
    window: windowSeconds,
  } as const;
}
