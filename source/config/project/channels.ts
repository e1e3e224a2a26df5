import {z} from 'zod';
import type {ChannelRoute, ChannelSpec} from '../../release/channel.ts';
import {ALERT_LEVELS} from '../../release/plan.ts';
import {mailAddresses, mailServer, oneMailAddress, plainAddress, telephoneNumbers} from './channel-leaf.ts';
import {featureName, line, matching} from '../yaml/leaf.ts';
import {child, isMapping, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, must, named, type Shape} from '../yaml/tree.ts';
import {secret} from './secret.ts';
import {quote} from '../../text/quote.ts';

const KINDS = ['slack', 'mail', 'sms', 'webhook'] as const;
type Kind = (typeof KINDS)[number];

/** As the seeds have it: info to Slack, warnings also by mail, critical alerts everywhere. */
const LEVELS: Record<Kind, ChannelRoute['level']> = {
  slack: 'info',
  mail: 'warning',
  sms: 'critical',
  webhook: 'critical',
};
const CHANNELS_AT_MOST = 20;
const ALSO_CALLED = {
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

const kindName = z.enum(KINDS);

/** The keys of a kind of channel, with those that every channel has. */
function channelOf<S extends Shape>(kind: Kind, keys: S) {
  return mapping(
    {
      kind: may(kindName, 'Kind of the channel.', kind, 'the name of the channel'),
      level: may(z.enum(ALERT_LEVELS), 'Lowest level of the alerts that are sent.', 'warning', LEVELS[kind]),
      features: may(
        z.array(featureName).meta({form: 'a list of features: [new_payment]'}),
        'Features whose alerts are sent.',
        '[new_payment]',
        'all',
      ),
      ...keys,
    },
    {title: `channel of the kind ${kind}`, alsoCalled: ALSO_CALLED, isSecret: true},
  );
}

function routeOf(
  {path}: Spot,
  kind: Kind,
  {
    level = LEVELS[kind],
    features,
  }: {level?: ChannelRoute['level'] | undefined; features?: string[] | undefined},
): ChannelRoute {
  return {name: String(path.at(-1)), level, features: features ?? null};
}

const slack = made(
  channelOf('slack', {
    url: must(secret, 'Address of an incoming webhook, which is a secret.', '"${SLACK_WEBHOOK}"'),
  }),
  ({url, ...keys}, at): ChannelSpec[] | undefined =>
    url === undefined ? undefined : [{kind: 'slack', ...routeOf(at, 'slack', keys), url}],
);

const mail = made(
  channelOf('mail', {
    server: must(
      mailServer,
      'Mail server; a password stands in `password`.',
      'smtps://deck@mail.example.com',
    ),
    password: may(secret, 'Password of the mail server.', '{file: /run/secrets/smtp}', 'none'),
    from: must(oneMailAddress, 'Sender.', 'deck@example.com'),
    to: must(mailAddresses, 'Receivers, at most 20.', '[oncall@example.com]'),
  }),
  ({server, password = null, from, to, ...keys}, at): ChannelSpec[] | undefined =>
    server === undefined || from === undefined || to === undefined
      ? undefined
      : [{kind: 'mail', ...routeOf(at, 'mail', keys), server, from, to, password}],
);

const smsFields = made(
  named(z.string(), line(500), {form: '{mobile: "{{to}}", content: "{{text}}"}'}),
  (fields, at, reader) => {
    if (!Object.values(fields).some(text => text.includes('{{text}}')))
      reader.mistake(at, {message: 'no field holds the message', allowed: 'one with {{text}}'});
    return fields;
  },
);

const smsKeys = channelOf('sms', {
  gateway: may(
    z.enum(['json', 'form', 'twilio', 'vonage']),
    'How the gateway wants its request.',
    'twilio',
    'json',
  ),
  url: must(plainAddress, 'Address of the gateway.', 'https://sms.example.com/send'),
  user: may(line(200), 'Account (twilio), key (vonage) or user.', 'AC123', 'none'),
  token: may(secret, 'Token or password of the gateway.', '"${SMS_TOKEN}"', 'none'),
  from: may(line(40), 'Sender.', '"+4930123456"', 'none'),
  to: must(
    telephoneNumbers,
    'Telephone numbers, at most 20. Each is a channel of its own.',
    '["+491701234567"]',
  ),
  fields: may(
    smsFields,
    'Fields of the body, with `{{to}}`, `{{from}}` and `{{text}}` in their values.',
    '{mobile: "{{to}}", content: "{{text}}"}',
    'as the gateway has them',
  ),
  expect: may(line(200), 'Text of an answer that took the message.', '\'"code":0\'', 'any answer of 2xx'),
});

/** Each number is a channel of its own: a message is repeated only to the numbers that did not get it. */
const sms = made(smsKeys, ({url, to, ...keys}, at): ChannelSpec[] | undefined => {
  if (url === undefined || to === undefined) return undefined;
  const route = routeOf(at, 'sms', keys);
  return to.map((number, index) => ({
    kind: 'sms',
    ...route,
    name: to.length === 1 ? route.name : `${route.name}-${index + 1}`,
    shape: keys.gateway ?? 'json',
    url,
    from: keys.from ?? null,
    to: number,
    user: keys.user ?? null,
    token: keys.token ?? null,
    fields: keys.fields ?? null,
    expect: keys.expect ?? null,
  }));
});

/** An address without a secret in it; else a secret as a whole. */
const webhookAddress = z.union([plainAddress, secret]).meta({
  form: 'an address of HTTP, or a secret',
  choose: ({value}: Spot) => (typeof value !== 'string' || /^\s*\$\{/u.test(value) ? secret : plainAddress),
});

const webhook = made(
  channelOf('webhook', {
    url: must(webhookAddress, 'Address that is told.', 'https://ops.example.com/gray'),
    secret: must(secret, 'Key of the signature.', '"${HOOK_SECRET}"'),
  }),
  ({url, secret: key, ...keys}, at): ChannelSpec[] | undefined =>
    url === undefined || key === undefined
      ? undefined
      : [{kind: 'webhook', ...routeOf(at, 'webhook', keys), url, secret: key}],
);

const TREES = {slack, mail, sms, webhook};

/** A channel is of the kind that it names, else of the kind that is its name. */
function chooseKind(at: Spot, reader: YamlReader): z.ZodType | undefined {
  const name = String(at.path.at(-1));
  const written = isMapping(at.value) ? child(at, 'kind').value : undefined;
  const kind = KINDS.find(one => one === (written ?? name));
  if (kind !== undefined) return TREES[kind];
  if (written !== undefined) {
    reader.read(child(at, 'kind'), kindName);
    return undefined;
  }
  const message = `channel ${quote(name)} needs a kind: ${KINDS.join(', ')}`;
  return reader.mistake(at, {message, allowed: 'kind: slack', found: quote(name)}, 'key');
}

const channelName = matching(
  text => /^[a-z][a-z0-9_-]{0,31}$/u.test(text),
  'the name of a channel',
  'small letters, digits, _ and -, at most 32, beginning with a letter',
);

/** `channels:` — channels of notifications by name; a channel whose name is a kind needs no `kind:`. */
export const channels = made(
  named(channelName, z.union([slack, mail, sms, webhook]).meta({choose: chooseKind}), {
    form: 'slack: {url: "${SLACK_WEBHOOK}"}',
    isSecret: true,
  }),
  (all, at, reader): ChannelSpec[] => {
    const count = isMapping(at.value) ? Object.keys(at.value).length : 0;
    if (count > CHANNELS_AT_MOST)
      reader.mistake(at, {
        message: `these are ${count} channels`,
        allowed: `at most ${CHANNELS_AT_MOST}`,
        found: `${count}`,
      });
    return Object.values(all).flat();
  },
);
