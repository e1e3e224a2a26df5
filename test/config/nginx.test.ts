import {readFile} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import {readConfig} from '../../source/config/project/config-file.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';

function read(text: string) {
  const reading = readConfig(text, 'graydeck.yaml');
  return reading.ok
    ? {config: reading.config.nginx, told: ''}
    : {config: null, told: reading.mistakes.flatMap(mistakeLines).join('\n')};
}

describe('the nginx of a project', () => {
  test('needs a file and the upstreams of a feature, and takes the rest as a package installs it', () => {
    const {config} = read(`
nginx:
  include: /etc/nginx/graydeck.conf
  features: {new-payment: {prod: app_prod, gray: app_gray}}
`);
    expect(config).toEqual({
      site: {
        user: {header: 'x-user-id'},
        attributes: {},
        features: {'new-payment': {prod: 'app_prod', gray: 'app_gray', variable: 'new_payment'}},
        probe: {host: '127.0.0.1', port: 9145},
      },
      include: '/etc/nginx/graydeck.conf',
      test: ['nginx', '-t'],
      reload: {pidFile: '/run/nginx.pid'},
      shutdownMs: 30_000,
      watchdogMs: 10_000,
      name: null,
    });
  });

  test('says where users and their attributes are found', () => {
    const {config} = read(`
nginx:
  include: graydeck.conf
  user: {cookie: user_id}
  attributes: {country: $geoip2_country_code, user_type: {header: x-user-type}}
  features: {pay: {prod: a, gray: b, variable: p}}
  probe: 127.0.0.1:9000
  test: [/usr/sbin/nginx, -t, -c, site.conf]
  reload: [systemctl, reload, nginx]
  shutdown: 5s
  watchdog: 3s
  name: edge-1
`);
    expect(config).toMatchObject({
      site: {
        user: {cookie: 'user_id'},
        attributes: {country: {variable: 'geoip2_country_code'}, user_type: {header: 'x-user-type'}},
        features: {pay: {variable: 'p'}},
        probe: {port: 9000},
      },
      reload: {argv: ['systemctl', 'reload', 'nginx']},
      shutdownMs: 5000,
      watchdogMs: 3000,
      name: 'edge-1',
    });
  });

  test('is read as the manual shows it', async () => {
    const page = await readFile(new URL('../../source/docs/nginx.md', import.meta.url), 'utf8');
    const shown = /```yaml\n(nginx:\n[^`]*)```/.exec(page)?.[1] ?? '';
    expect(read(shown).told).toBe('');
    expect(read(shown).config?.site.features).toHaveProperty('new_payment');
  });

  test.each([
    ['features: {pay: {prod: a, gray: b}}', 'include is missing'],
    ['include: x', 'features is missing'],
    ['{include: x, features: {pay: {prod: a}}}', 'gray is missing'],
    ['{include: x, features: {pay: {prod: "a; }", gray: b}}}', 'the name of an upstream'],
    ['{include: x, features: {a-b: {prod: a, gray: b}, a_b: {prod: a, gray: b}}}', 'has the same variables'],
    [`{include: x, features: {${'n'.repeat(40)}: {prod: a, gray: b}}}`, 'too long for a variable'],
    ['{include: x, user: "$a;b", features: {pay: {prod: a, gray: b}}}', 'no variable of nginx'],
    ['{include: x, user: {header: x_user}, features: {pay: {prod: a, gray: b}}}', 'letters, digits and -'],
    ['{include: x, probe: everywhere, features: {pay: {prod: a, gray: b}}}', '127.0.0.1:9145'],
    ['{include: x, reload: nginx -s reload, features: {pay: {prod: a, gray: b}}}', '[nginx, -s, reload]'],
  ])('tells what is wrong with %s', (text, told) => {
    expect(read(`nginx:\n  ${text}\n`).told).toContain(told);
  });
});
