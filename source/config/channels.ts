import {z} from 'zod';
import type {ChannelRoute, ChannelSpec} from '../release/channel.ts';
import {isFeatureName} from '../release/name.ts';
import {mailServer, mailAddresses, oneMailAddress, plainAddress, telephoneNumbers} from './channel-leaf.ts';
import {line, oneOf} from './leaf.ts';
import {quote} from './mistake.ts';
import {child, isMapping, isWritten, type Reader, type Shape, type Spot} from './reader.ts';
import {secret} from './secret.ts';

const KINDS = ['slack', 'mail', 'sms', 'webhook'] as const;
type Kind = (typeof KINDS)[number];

/** As the seeds have it: info to Slack, warnings also by mail, what is critical everywhere. */
const LEVELS: Record<Kind, ChannelRoute['level']> = {
  slack: 'info',
  mail: 'warning',
  sms: 'critical',
  webhook: 'critical',
};
const CHANNELS_AT_MOST = 20;

const ROUTE_SHAPE = {
  kind: oneOf(KINDS),
  level: oneOf(['info', 'warning', 'critical']),
  features: z.unknown(),
};
const SHAPES = {
  slack: {...ROUTE_SHAPE, url: secret},
  mail: {...ROUTE_SHAPE, server: mailServer, password: secret, from: oneMailAddress, to: mailAddresses},
  sms: {
    ...ROUTE_SHAPE,
    gateway: oneOf(['json', 'form', 'twilio', 'vonage']),
    url: plainAddress,
    user: line(200),
    token: secret,
    from: line(40),
    to: telephoneNumbers,
    fields: z.unknown(),
    expect: line(200),
  },
  webhook: {...ROUTE_SHAPE, url: z.unknown(), secret},
} as const satisfies Record<Kind, Shape>;

const OTHER_NAMES = {
  type: 'kind',
  min_level: 'level',
  severity: 'level',
  webhook: 'url',
  webhook_url: 'url',
  smtp: 'server',
  host: 'server',
  recipients: 'to',
  sender: 'from',
  shape: 'gateway',
  provider: 'gateway',
  account: 'user',
  api_key: 'token',
  key: 'secret',
};

/** `channels:` — ways to tell people, by name; a name that is a kind needs no `kind:`. */
export function readChannels(reader: Reader, spot: Spot): ChannelSpec[] {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {
      message: 'channels are a mapping of names',
      allowed: 'slack: {url: "${SLACK_WEBHOOK}"}',
      found: 'something else',
    });
    return [];
  }
  const names = Object.keys(spot.value);
  if (names.length > CHANNELS_AT_MOST)
    reader.mistake(spot, {
      message: `these are ${names.length} channels`,
      allowed: `at most ${CHANNELS_AT_MOST}`,
      found: `${names.length}`,
    });
  return names.flatMap(name => readChannel(reader, child(spot, name), name));
}

function readChannel(reader: Reader, at: Spot, name: string): ChannelSpec[] {
  if (!/^[a-z][a-z0-9_-]{0,31}$/u.test(name)) {
    reader.mistake(
      at,
      {
        message: `${quote(name)} is not the name of a channel`,
        allowed: 'small letters, digits, _ and -, at most 32, beginning with a letter',
        found: quote(name),
      },
      'key',
    );
    return [];
  }
  if (!isMapping(at.value)) {
    // It may be a secret.
    const found = 'something else';
    reader.mistake(at, {
      message: `what ${name} is, is not said`,
      allowed: `{kind: ${KINDS.join(' | ')}, …}`,
      found,
    });
    return [];
  }
  const written = child(at, 'kind').value;
  const kind = KINDS.find(one => one === (written ?? name));
  if (kind === undefined) {
    if (written === undefined)
      reader.mistake(
        at,
        {message: `what ${name} is, is not said`, allowed: `kind: ${KINDS.join(', ')}`, found: quote(name)},
        'key',
      );
    else reader.field(child(at, 'kind'), ROUTE_SHAPE.kind);
    return [];
  }
  const route = (level: ChannelRoute['level'] | undefined): ChannelRoute => ({
    name,
    level: level ?? LEVELS[kind],
    features: isWritten(at, 'features') ? readFeatureNames(reader, child(at, 'features')) : null,
  });
  switch (kind) {
    case 'slack': {
      const fields = needed(reader, at, SHAPES.slack, {url: 'url: "${SLACK_WEBHOOK}"'});
      return fields?.url === undefined ? [] : [{kind, ...route(fields.level), url: fields.url}];
    }
    case 'mail': {
      const {server, from, to, password, level} =
        needed(reader, at, SHAPES.mail, {
          server: 'server: smtps://deck@mail.example.com',
          from: 'from: deck@example.com',
          to: 'to: [oncall@example.com]',
        }) ?? {};
      if (server === undefined || from === undefined || to === undefined) return [];
      return [{kind, ...route(level), server, from, to, password: password ?? null}];
    }
    case 'sms':
      return readSms(reader, at, route);
    case 'webhook': {
      const {secret: key, level} =
        needed(reader, at, SHAPES.webhook, {
          url: 'url: https://ops.example.com/gray',
          secret: 'secret: "${HOOK_SECRET}"',
        }) ?? {};
      if (key === undefined || !isWritten(at, 'url')) return [];
      const isWhole =
        typeof child(at, 'url').value !== 'string' || /^\s*\$\{/u.test(String(child(at, 'url').value));
      const url = isWhole
        ? reader.field(child(at, 'url'), secret)
        : reader.field(child(at, 'url'), plainAddress);
      return url === undefined ? [] : [{kind, ...route(level), url, secret: key}];
    }
  }
}

/** Each number is a channel of its own: what one of them does not get the others need not get twice. */
function readSms(
  reader: Reader,
  at: Spot,
  route: (level: ChannelRoute['level'] | undefined) => ChannelRoute,
): ChannelSpec[] {
  const {gateway, url, user, token, from, to, expect, level} =
    needed(reader, at, SHAPES.sms, {url: 'url: https://sms.example.com/send', to: 'to: ["+491701234567"]'}) ??
    {};
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

function needed<S extends Shape>(
  reader: Reader,
  at: Spot,
  shape: S,
  examples: Readonly<Record<string, string>>,
) {
  const fields = reader.fields(at, shape, OTHER_NAMES);
  if (fields !== null) reader.require(at, examples);
  return fields;
}

function readFeatureNames(reader: Reader, spot: Spot): string[] {
  return reader.items(spot, 'a list of features: [new_payment]').flatMap(item => {
    if (isFeatureName(item.value)) return [item.value];
    reader.mistake(item, {message: 'this is not the name of a feature', allowed: 'new_payment'});
    return [];
  });
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
