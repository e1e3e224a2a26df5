import {createHmac} from 'node:crypto';
import {readSecret, secretsIn} from '../http/secret.ts';
import type {SmsShape, SmsSpec, WebhookSpec} from '../release/channel.ts';
import {isRecord} from '../release/shape.ts';
import {type Channel, failed} from './channel.ts';
import type {Message} from './message.ts';
import {type No, isPrivate, jsonOf, plainNo, post, warmHttp} from './post.ts';

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

/** Letters of a message: two parts of Latin text, and what a person reads at night. */
const LETTERS_AT_MOST = 300;

/** A short message by the HTTP gateway of its provider. */
export function smsChannel(spec: SmsSpec): Channel {
  const {name, level, features, token} = spec;
  return {
    name,
    level,
    features,
    timeoutMs: 8000,
    perMinute: 10,
    warm: warmHttp,
    async send(message, signal) {
      const secret = token === null ? null : await readSecret(token);
      if (!URL.canParse(spec.url)) return failed('its address is none', {isFinal: true});
      if (secret !== null && !isPrivate(spec.url)) return failed('its address is not https', {isFinal: true});
      const request = smsRequest(spec, smsText(message), secret);
      const headers = {...request.headers, 'idempotency-key': message.id};
      const secrets = [spec.to, ...(secret === null ? [] : [secret, credentials(spec.user, secret)])];
      const noOf = (answer: string) => smsNo(spec, answer);
      return await post({url: spec.url, ...request, headers, secrets, noOf}, signal);
    },
  };
}

/** Why a gateway's answer of 2xx means that the message was not taken; null: it was. */
function smsNo({expect, shape}: SmsSpec, answer: string): No | null {
  if (expect !== null)
    return bare(answer).includes(bare(expect))
      ? null
      : {why: `it does not say ${expect}: ${answer}`, isFinal: false};
  const document = jsonOf(answer);
  switch (shape) {
    case 'vonage': {
      // A long message is several, and each has a status of its own.
      const parts = isRecord(document) && Array.isArray(document['messages']) ? document['messages'] : [];
      const failed = parts.find(part => !isRecord(part) || part['status'] !== '0') as unknown;
      if (parts.length > 0 && failed === undefined) return null;
      const text = isRecord(failed) ? failed['error-text'] : undefined;
      return {why: `it says no: ${typeof text === 'string' ? text : answer}`, isFinal: false};
    }
    case 'twilio': {
      if (!isRecord(document)) return {why: `it does not answer as Twilio does: ${answer}`, isFinal: false};
      const {sid, status, error_code: code, error_message: text} = document;
      const isRefused = status === 'failed' || status === 'undelivered' || status === 'canceled';
      if (typeof sid === 'string' && sid !== '' && (code ?? null) === null && !isRefused) return null;
      return {why: `it says no: ${typeof text === 'string' ? text : answer}`, isFinal: false};
    }
    case 'json':
    case 'form':
      return plainNo(answer);
  }
}

function bare(text: string): string {
  return text.replace(/\s+/gu, '');
}

/** One line; what matters stands first. */
function smsText({word, feature, release, text, repeat}: Message): string {
  const head = `${repeat === null ? '' : `${repeat.short} `}${word} ${feature}`;
  const line = `${head}${release === null ? '' : ` ${release.version}`}: ${text}`;
  const letters = Array.from(line);
  return letters.length <= LETTERS_AT_MOST ? line : `${letters.slice(0, LETTERS_AT_MOST - 1).join('')}…`;
}

type Request = Pick<Parameters<typeof post>[0], 'headers' | 'body'>;
const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** What the fields of each shape are called. */
const FIELDS: Record<SmsShape, Readonly<Record<string, string>>> = {
  json: {to: '{{to}}', from: '{{from}}', text: '{{text}}'},
  form: {to: '{{to}}', from: '{{from}}', text: '{{text}}'},
  twilio: {To: '{{to}}', From: '{{from}}', Body: '{{text}}'},
  vonage: {to: '{{to}}', from: '{{from}}', text: '{{text}}', type: 'unicode'},
};

/** The request of a shape. Twilio is asked with account and token as user and password, Vonage with both in the body. */
function smsRequest(spec: SmsSpec, text: string, secret: string | null): Request {
  const {shape, to, from, user} = spec;
  const values: Readonly<Record<string, string>> = {to, from: from ?? 'graydeck', text};
  const filled = Object.entries(spec.fields ?? FIELDS[shape]).map(([name, value]) => [
    name,
    value.replace(/\{\{(?<field>to|from|text)\}\}/gu, (_, field: string) => values[field] ?? ''),
  ]);
  const fields: Record<string, string> = Object.fromEntries(filled);
  if (shape === 'vonage') Object.assign(fields, {api_key: user ?? '', api_secret: secret ?? ''});
  const isForm = shape === 'form' || shape === 'twilio';
  const body = isForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields);
  const headers = {
    'content-type': isForm ? FORM_TYPE : JSON_TYPE,
    ...(secret === null || shape === 'vonage' ? {} : {authorization: authorization(user, secret)}),
  };
  return {headers, body};
}

function authorization(user: string | null, secret: string): string {
  return user === null ? `Bearer ${secret}` : `Basic ${credentials(user, secret)}`;
}

/** User and password as they are sent. */
function credentials(user: string | null, secret: string): string {
  return Buffer.from(`${user ?? ''}:${secret}`, 'utf8').toString('base64');
}
