import {readFile} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import {readConfig, type Config} from '../../source/config/project/config-file.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';

function configOf(text: string): Config {
  const reading = readConfig(text, 'graydeck.yaml');
  if (!reading.ok) throw new Error(reading.mistakes.flatMap(mistakeLines).join('\n'));
  return reading.config;
}

function toldOf(text: string): string {
  const reading = readConfig(text, 'graydeck.yaml');
  return reading.ok ? '' : reading.mistakes.flatMap(mistakeLines).join('\n');
}

describe('channels', () => {
  test('are read with the levels of the seeds, secrets by reference', () => {
    const {channels} = configOf(`
channels:
  slack:
    url: \${SLACK_WEBHOOK}
  mail:
    server: smtps://deck@mail.example.com:465
    password: {file: /run/secrets/smtp}
    from: Graydeck <deck@example.com>
    to: [oncall@example.com, lead@example.com]
  sms:
    gateway: twilio
    url: https://api.example.com/Messages.json
    user: AC123
    token: {env: SMS_TOKEN}
    from: "+4930123456"
    to: ["+491701234567", "+491707654321"]
  ops:
    kind: webhook
    url: https://ops.example.com/gray
    secret: \${HOOK_SECRET}
    level: warning
    features: [new_payment]
  pager: {kind: webhook, url: "\${PAGER_URL}", secret: "\${HOOK_SECRET}"}
`);
    expect(channels).toEqual([
      {
        kind: 'slack',
        name: 'slack',
        level: 'info',
        features: null,
        url: {from: 'env', name: 'SLACK_WEBHOOK'},
      },
      {
        kind: 'mail',
        name: 'mail',
        level: 'warning',
        features: null,
        server: 'smtps://deck@mail.example.com:465',
        password: {from: 'file', path: '/run/secrets/smtp'},
        from: 'Graydeck <deck@example.com>',
        to: ['oncall@example.com', 'lead@example.com'],
      },
      expect.objectContaining({
        kind: 'sms',
        name: 'sms-1',
        level: 'critical',
        to: '+491701234567',
        shape: 'twilio',
      }),
      expect.objectContaining({name: 'sms-2', to: '+491707654321', token: {from: 'env', name: 'SMS_TOKEN'}}),
      {
        kind: 'webhook',
        name: 'ops',
        level: 'warning',
        features: ['new_payment'],
        url: 'https://ops.example.com/gray',
        secret: {from: 'env', name: 'HOOK_SECRET'},
      },
      expect.objectContaining({name: 'pager', level: 'critical', url: {from: 'env', name: 'PAGER_URL'}}),
    ]);
  });

  test('to one number keep their name, and may have a body of their own', () => {
    const {channels} = configOf(
      `channels: {sms: {url: "https://sms.example.com", to: "13800138000", fields: {mobile: "{{to}}", content: "{{text}}"}, expect: '"code":0'}}`,
    );
    expect(channels).toMatchObject([
      {name: 'sms', shape: 'json', token: null, fields: {mobile: '{{to}}'}, expect: '"code":0'},
    ]);
  });

  test.each([
    ['channels: [slack]', 'a mapping of names is needed here'],
    ['channels: {slack: {}}', 'url is missing'],
    ['channels: {Slack: {url: "${A}"}}', 'is not the name of a channel'],
    ['channels: {pager: {url: "${A}"}}', 'channel "pager" needs a kind: slack, mail, sms, webhook'],
    ['channels: {pager: {kind: mial}}', 'did you mean mail?'],
    ['channels: {slack: {url: "${A}", levle: info}}', 'did you mean level?'],
    ['channels: {slack: {url: "${A}", level: fatal}}', 'none of the words known here'],
    ['channels: {slack: {url: "${A}", features: [No]}}', 'not the name of a feature'],
    [
      'channels: {mail: {server: "mail.example.com", from: a@b.c, to: a@b.c}}',
      'not the address of a mail server',
    ],
    ['channels: {mail: {server: "smtp://h", from: nobody, to: a@b.c}}', '"nobody" is no mail address'],
    ['channels: {mail: {server: "smtp://h", from: a@b.c, to: [a@b.c, "x y"]}}', '"x y" is no mail address'],
    ['channels: {sms: {url: "https://h", to: 491701234567}}', 'no telephone number in quotes'],
    [
      'channels: {sms: {url: "https://h", to: "+491701234567", fields: {a: b}}}',
      'no field holds the message',
    ],
    ['channels: {sms: {url: "ftp://h", to: "+491701234567"}}', 'not an address of HTTP'],
    ['alerts: {escalate: 5s}', 'too short or too long'],
    ['alerts: {bell: loud}', 'neither on nor off'],
  ])('that are wrong are told with their place: %s', (text, told) => {
    expect(toldOf(text)).toContain(told);
    expect(toldOf(text)).toMatch(/^graydeck\.yaml:1:\d+/u);
  });

  test.each([
    'channels: {slack: {url: "https://hooks.example.com/services/HUNTER2"}}',
    'channels: {slack: HUNTER2}',
    'channels: HUNTER2',
    'channels: {mail: {server: "smtp://deck:HUNTER2@h", from: a@b.c, to: a@b.c}}',
    'channels: {mail: {server: "smtp://h", password: HUNTER2, from: a@b.c, to: a@b.c}}',
    'channels: {mail: {server: "smtp://h", password: {env: "HUNTER2!"}, from: a@b.c, to: a@b.c}}',
    'channels: {sms: {url: "https://u:HUNTER2@h", to: "+491701234567"}}',
    'channels: {sms: {url: "https://h?token=HUNTER2", to: "+491701234567"}}',
    'channels: {ops: {kind: webhook, url: "https://h", secret: HUNTER2}}',
    'channels: {ops: {kind: webhook, url: "https://h?key=HUNTER2", secret: "${A}"}}',
  ])('never hold a secret, nor is one repeated: %s', text => {
    const told = toldOf(text);
    expect(told).not.toBe('');
    expect(told).not.toContain('HUNTER2');
  });
});

test('alerts are told again after ten minutes and ring, unless said otherwise', () => {
  expect(configOf('feature: search').alerts).toEqual({escalateAfterMs: 600_000, bell: true, lang: 'en'});
  expect(configOf('alerts: {escalate: off, bell: off, lang: zh}').alerts).toEqual({
    escalateAfterMs: null,
    bell: false,
    lang: 'zh',
  });
  expect(configOf('alerts: {escalate: 30m}').alerts).toEqual({
    escalateAfterMs: 1_800_000,
    bell: true,
    lang: 'en',
  });
});

test('the channels of the manual are read as they stand there', async () => {
  const page = await readFile(new URL('../../source/docs/notifications.md', import.meta.url), 'utf8');
  const [, yaml = ''] = /```yaml\n(contacts:[^`]*channels:[^`]*)```/u.exec(page) ?? [];
  const {channels, contacts} = configOf(yaml);
  expect(channels.map(({name, level}) => `${name} ${level}`)).toEqual([
    'slack info',
    'mail warning',
    'sms critical',
    'ops warning',
  ]);
  expect(contacts).toHaveProperty('hotline');
});
