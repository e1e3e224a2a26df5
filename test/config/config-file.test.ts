import {describe, expect, test} from 'vitest';
import {variablesIn, withVariables} from '../../source/config/project/address.ts';
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

test('every variable that the file uses is known, so that hooks are not given it', () => {
  const reading = readConfig(
    `store: redis://\${U}:\${MY_PW}@127.0.0.1
prometheus: {url: "http://h", headers: {X-Key: "\${KEY}"}}
channels: {ops: {kind: webhook, url: "\${HOOK_URL}", secret: {env: HOOK_SECRET}}}
hookVariables: [AWS_PROFILE]
`,
    'graydeck.yaml',
  );
  expect(reading.ok && reading.config).toMatchObject({
    variables: ['HOOK_SECRET', 'HOOK_URL', 'KEY', 'MY_PW', 'U'],
    hookVariables: ['AWS_PROFILE'],
  });
  const told = readConfig('store: redis://a:${PW}@h\nhookVariables: [PW, "a b"]\n', 'graydeck.yaml');
  expect(told.ok ? [] : told.mistakes.map(({line, column}) => [line, column])).toEqual([
    [2, 17],
    [2, 21],
  ]);
});

describe('the project config', () => {
  test('is read whole', () => {
    const config = configOf(`
store: redis://deck@127.0.0.1:6379/2
feature: new_payment
prometheus: http://127.0.0.1:9090
metrics:
  queue_length: {type: gauge, unit: count, better: lower}
  orders: {type: counter}
contacts: {support: tech@example.com}
plan: plans/payment.yaml
features:
  search: {plan: plans/search.yaml}
  checkout:
    phases: [{name: all, percent: 100}]
    guardrails: [{when: "queue_length > 80", then: pause}]
  basket: plans/basket.yaml
  quiet:
`);
    expect(config).toMatchObject({
      store: {url: 'redis://deck@127.0.0.1:6379/2', ca: null, password: null},
      feature: 'new_payment',
      prometheus: {url: 'http://127.0.0.1:9090', sides: {label: 'side', prod: ['prod'], gray: ['gray']}},
      metrics: {
        queue_length: {type: 'gauge', unit: 'count', better: 'lower'},
        orders: {type: 'counter', unit: 'per-second', better: null},
      },
      contacts: {support: 'tech@example.com'},
      plan: {kind: 'file', path: 'plans/payment.yaml'},
      features: {
        search: {kind: 'file', path: 'plans/search.yaml'},
        checkout: {kind: 'inline', plan: {name: 'checkout', guardrails: [{when: {metric: 'queue_length'}}]}},
        basket: {kind: 'file', path: 'plans/basket.yaml'},
        quiet: null,
      },
    });
  });

  test('names certificates and where the passwords of the store are', () => {
    const text = `store:
  url: redis-sentinel://a,b/deck
  ca: tls/ca.pem
  cert: tls/client.pem
  key: tls/client.key
  password: {file: /run/secrets/redis}
  sentinelPassword: "\${SENTINEL_PASSWORD}"
`;
    expect(configOf(text).store).toEqual({
      url: 'redis-sentinel://a,b/deck',
      ca: 'tls/ca.pem',
      cert: 'tls/client.pem',
      key: 'tls/client.key',
      password: {from: 'file', path: '/run/secrets/redis'},
      sentinelPassword: {from: 'env', name: 'SENTINEL_PASSWORD'},
    });
    expect(configOf('store: {url: "sqlite:deck.db"}').store).toMatchObject({url: 'sqlite:deck.db', ca: null});
  });

  test('may hold the keys of the plan itself', () => {
    expect(configOf('feature: search\nphases: [{name: all, percent: 100}]').plan).toMatchObject({
      kind: 'inline',
      plan: {name: 'search', feature: 'search', phases: [{name: 'all'}]},
    });
  });

  test('needs nothing of all this', () => {
    expect(configOf('feature: search')).toMatchObject({store: null, plan: null, features: {}, metrics: {}});
  });

  test.each([
    ['plan: {phases: [{name: all, percnet: 100}]}', 'graydeck.yaml:1:29  plan.phases[0].percnet'],
    ['plan: a.yaml\nphases: [{name: all, percent: 100}]', '"phases" and plan exclude each other'],
    ['guardrails: []', 'has no phases'],
    ['feature: New', 'is not the name of a feature'],
    ['features: {Search: {plan: a.yaml}}', 'is not the name of a feature'],
    ['features: [search]', 'a mapping of names'],
    ['metrics: {error_rate: {type: gauge}}', 'error_rate is known already'],
    ['metrics: {a b: {type: gauge}}', 'is not the name of a metric'],
    ['metrics: {x: {type: gague}}', 'did you mean gauge?'],
    ['metrics: {x: {unit: ms}}', 'type is missing'],
    ['store: mysql://host', 'none of the schemes'],
    ['store: {ca: a.pem}', 'url is missing'],
    ['store: {url: "rediss://a", cert: a.pem}', 'cert and key do not come together'],
    ['store: {url: "redis://a", password: hunter2}', 'a secret must not stand in this file'],
    ['store: {url: "redis://a", pasword: {file: a}}', 'did you mean password?'],
    [
      'store: {url: "redis://a", sentinelPassword: {file: a}}',
      'sentinelPassword is not for a store of this kind',
    ],
    ['store: {url: "sqlite:a.db", password: {file: a}}', 'password is not for a store of this kind'],
    ['store: {url: "redis+unix:///a", ca: a}', 'ca is not for a store of this kind'],
    ['stroe: redis://host', 'did you mean store?'],
    ['prometheus: 127.0.0.1:9090', 'none of the schemes'],
    ['- a', 'a mapping is needed here'],
  ])('%s is a mistake', (text, told) => {
    expect(toldOf(text)).toContain(told);
  });

  test.each([
    'store: redis://deck:hunter2@127.0.0.1:6379',
    'store: redis://:hunter2@127.0.0.1:6379',
    'store: redis://deck:hun@ter2@127.0.0.1:6379',
    'store: redis://deck:a/hunter2@127.0.0.1:6379',
    'store: redis+unix://deck:hunter2@/run/redis.sock',
    'store: rediss://host?password=hunter2',
    'prometheus: https://liu:hunter2@example.com',
    'store: {url: "redis://deck:hunter2@host"}',
    'stroe: redis://deck:hunter2@host',
    'store: "redis://deck:hunter2@host',
    'password: "hunter2\nstore: redis://host',
    'password: hunter2: x',
  ])('a password in it is refused and not repeated: %#', text => {
    const told = toldOf(text);
    expect(told).not.toBe('');
    expect(told).not.toMatch(/hunter2|ter2/u);
  });

  test('a password may come from the environment', () => {
    const store = 'redis://deck:${DECK_PASSWORD}@host:6379';
    expect(configOf(`store: ${store}`).store?.url).toBe(store);
    expect(variablesIn(store)).toEqual(['DECK_PASSWORD']);
    expect(withVariables(store, () => 'a@b/c')).toEqual({
      ok: true,
      address: 'redis://deck:a%40b%2Fc@host:6379',
    });
    expect(withVariables(store, () => undefined)).toEqual({ok: false, missing: 'DECK_PASSWORD'});
    expect(withVariables('${URL}', () => 'redis://h:1')).toEqual({ok: true, address: 'redis://h:1'});
  });
});
