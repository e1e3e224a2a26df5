import {z} from 'zod';
import type {ChannelRoute, SmsSpec} from '../../release/channel.ts';
import {channelFields, ROUTE_SHAPE} from './channel-fields.ts';
import {plainAddress, telephoneNumbers} from './channel-leaf.ts';
import {line, oneOf} from '../yaml/leaf.ts';
import {child, isMapping, isWritten, type Reader, type Spot} from '../yaml/reader.ts';
import {secret} from './secret.ts';

const SHAPE = {
  ...ROUTE_SHAPE,
  gateway: oneOf(['json', 'form', 'twilio', 'vonage']),
  url: plainAddress,
  user: line(200),
  token: secret,
  from: line(40),
  to: telephoneNumbers,
  fields: z.unknown(),
  expect: line(200),
};

/** Each number is a channel of its own: what one of them does not get the others need not get twice. */
export function readSms(
  reader: Reader,
  at: Spot,
  route: (level: ChannelRoute['level'] | undefined) => ChannelRoute,
): SmsSpec[] {
  const {gateway, url, user, token, from, to, expect, level} =
    channelFields(reader, at, SHAPE, {
      url: 'url: https://sms.example.com/send',
      to: 'to: ["+491701234567"]',
    }) ?? {};
  const fields = isWritten(at, 'fields') ? readFields(reader, child(at, 'fields')) : null;
  if (url === undefined || to === undefined) return [];
  const shared = route(level);
  return to.map((number, index) => ({
    kind: 'sms',
    ...shared,
    name: to.length === 1 ? shared.name : `${shared.name}-${index + 1}`,
    shape: gateway ?? 'json',
    url,
    from: from ?? null,
    to: number,
    user: user ?? null,
    token: token ?? null,
    fields,
    expect: expect ?? null,
  }));
}

function readFields(reader: Reader, spot: Spot): Record<string, string> | null {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {
      message: 'fields are a mapping',
      allowed: '{mobile: "{{to}}", content: "{{text}}"}',
    });
    return null;
  }
  const entries = Object.keys(spot.value).flatMap((key): [string, string][] => {
    const text = reader.field(child(spot, key), line(500));
    return text === undefined ? [] : [[key, text]];
  });
  if (!entries.some(([, text]) => text.includes('{{text}}')))
    reader.mistake(spot, {message: 'no field holds the message', allowed: 'one with {{text}}'});
  return Object.fromEntries(entries);
}
