import {z} from 'zod';
import type {ChannelRoute, ChannelSpec} from '../../release/channel.ts';
import {isFeatureName} from '../../release/name.ts';
import {channelFields, KINDS, ROUTE_SHAPE} from './channel-fields.ts';
import {mailAddresses, mailServer, oneMailAddress, plainAddress} from './channel-leaf.ts';
import {readSms} from './channel-sms.ts';
import {quote} from '../yaml/mistake.ts';
import {child, isMapping, isWritten, type Reader, type Shape, type Spot} from '../yaml/reader.ts';
import {secret} from './secret.ts';

type Kind = (typeof KINDS)[number];

/** As the seeds have it: info to Slack, warnings also by mail, what is critical everywhere. */
const LEVELS: Record<Kind, ChannelRoute['level']> = {
  slack: 'info',
  mail: 'warning',
  sms: 'critical',
  webhook: 'critical',
};
const CHANNELS_AT_MOST = 20;

const SHAPES = {
  slack: {...ROUTE_SHAPE, url: secret},
  mail: {...ROUTE_SHAPE, server: mailServer, password: secret, from: oneMailAddress, to: mailAddresses},
  webhook: {...ROUTE_SHAPE, url: z.unknown(), secret},
} as const satisfies Record<Exclude<Kind, 'sms'>, Shape>;

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
      const fields = channelFields(reader, at, SHAPES.slack, {url: 'url: "${SLACK_WEBHOOK}"'});
      return fields?.url === undefined ? [] : [{kind, ...route(fields.level), url: fields.url}];
    }
    case 'mail': {
      const {server, from, to, password, level} =
        channelFields(reader, at, SHAPES.mail, {
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
        channelFields(reader, at, SHAPES.webhook, {
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

function readFeatureNames(reader: Reader, spot: Spot): string[] {
  return reader.items(spot, 'a list of features: [new_payment]').flatMap(item => {
    if (isFeatureName(item.value)) return [item.value];
    reader.mistake(item, {message: 'this is not the name of a feature', allowed: 'new_payment'});
    return [];
  });
}
