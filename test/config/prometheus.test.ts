import {describe, expect, test} from 'vitest';
import {readConfig, type Config} from '../../source/config/project/config-file.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';

function read(text: string): {config: Config; warnings: string} {
  const reading = readConfig(text, 'graydeck.yaml');
  if (!reading.ok) throw new Error(reading.mistakes.flatMap(mistakeLines).join('\n'));
  return {config: reading.config, warnings: reading.warnings.flatMap(mistakeLines).join('\n')};
}

function told(text: string): string {
  const reading = readConfig(text, 'graydeck.yaml');
  return reading.ok ? '' : reading.mistakes.flatMap(mistakeLines).join('\n');
}

const metric = (query: string, more = ''): string => `metrics:\n  queue: {query: '${query}'${more}}`;

describe('prometheus in the config', () => {
  test('is an address, or an address with how its series are labelled and how often it is asked', () => {
    const {config} = read(`
prometheus:
  url: https://\${PROMETHEUS_USER}:\${PROMETHEUS_PASSWORD}@metrics.example.com/tenant
  sides: {label: track, prod: stable, gray: [canary, preview]}
  labels: {env: live, zone: 7}
  every: 2s
  timeout: 800ms
  scrape: 30s
  window: 5m
`);
    expect(config.prometheus).toEqual({
      url: 'https://${PROMETHEUS_USER}:${PROMETHEUS_PASSWORD}@metrics.example.com/tenant',
      sides: {label: 'track', prod: ['stable'], gray: ['canary', 'preview']},
      token: null,
      user: null,
      password: null,
      headers: {},
      tls: {ca: null, cert: null, key: null},
      labels: {env: 'live', zone: '7'},
      everyMs: 2000,
      timeoutMs: 800,
      scrapeMs: 30_000,
      windowMs: 300_000,
      samples: null,
    });
    expect(read('feature: search').config.prometheus).toBeNull();
  });

  test('says who asks, with which headers and certificates; secrets stand elsewhere', () => {
    const {config} = read(`
prometheus:
  url: https://metrics.example.com/prometheus?extra_label=team%3Dpay
  token: {file: secrets/token}
  headers: {X-Scope-OrgID: payments, X-Api-Key: "\${KEY}", X-Other: {file: other}}
  ca: ca.pem
  cert: deck.pem
  key: deck.key
`);
    expect(config.prometheus).toMatchObject({
      url: 'https://metrics.example.com/prometheus?extra_label=team%3Dpay',
      token: {from: 'file', path: 'secrets/token'},
      headers: {
        'X-Scope-OrgID': 'payments',
        'X-Api-Key': {from: 'env', name: 'KEY'},
        'X-Other': {from: 'file', path: 'other'},
      },
      tls: {ca: 'ca.pem', cert: 'deck.pem', key: 'deck.key'},
    });
    expect(read('prometheus: {user: deck, password: "${PASSWORD}"}').config.prometheus).toMatchObject({
      user: 'deck',
      password: {from: 'env', name: 'PASSWORD'},
    });
  });

  test.each([
    ['{token: abc}', 'a secret must not stand in this file'],
    ['{headers: {Authorization: Bearer abc}}', 'a secret must not stand in this file'],
    ['{headers: {X-Api-Key: abc}}', 'a secret must not stand in this file'],
    ['{headers: {Host: other}}', 'is set by the program itself'],
    ['{headers: {"a b": c}}', 'is not the name of a header'],
    ['{headers: {X-A: "größe"}}', 'is not the value of a header'],
    ['{headers: [a]}', 'a mapping of names is needed here'],
    ['{cert: a.pem}', 'cert needs key'],
    ['{user: deck}', 'user needs password'],
    ['{token: "${A}", user: deck, password: "${B}"}', 'cannot both be sent'],
    ['http://h/?query=up', 'query= in the address would change every question'],
    ['{url: "http://h/#x"}', 'never sent'],
    ['{url: "http://u:pw@h/"}', 'a password must not stand in this file'],
  ])('%s is a mistake', (text, message) => {
    expect(told(`prometheus: ${text}`)).toContain(message);
    expect(told(`prometheus: ${text}`)).toContain('graydeck.yaml:1:');
  });

  test('tells the sides apart by lists of instances', () => {
    const {config} = read('prometheus: {sides: {prod: [web-1:9100, web-2:9100], gray: [web-3:9100]}}');
    expect(config.prometheus).toMatchObject({
      url: null,
      sides: {label: 'instance', prod: ['web-1:9100', 'web-2:9100'], gray: ['web-3:9100']},
    });
  });

  test('takes queries for known and new metrics, over many lines too', () => {
    const {config, warnings} = read(`
metrics:
  cpu: {query: 'avg(my_cpu{{{match}}})'}
  db_connections: {query: 'sum(pool_used)', per: service}
  response_time_avg: {query: 'avg(t{version="{{version}}"})', unit: ms}
  queue:
    unit: count
    better: lower
    query: |
      sum by (shard) (rate(queued_total{side="{{side}}"}[{{window}}]))
  orders: {type: counter}
phases: [{name: all, percent: 100, criteria: ["queue < 80", "cpu < 80 %"]}]
`);
    expect(config.queries).toMatchObject({
      cpu: {unit: 'percent', better: 'lower', per: 'side'},
      db_connections: {unit: 'count', per: 'service'},
      response_time: {unit: 'ms', per: 'side'},
      queue: {unit: 'count', better: 'lower', per: 'side'},
    });
    expect(config.metrics).toEqual({
      queue: {type: 'gauge', unit: 'count', better: 'lower'},
      orders: {type: 'counter', unit: 'per-second', better: null},
    });
    expect(warnings).toBe('');
  });

  test('warns of a query that cannot tell the sides apart and does not say so', () => {
    const {config, warnings} = read(metric('sum(queue_length)'));
    expect(config.queries['queue']?.per).toBe('service');
    expect(warnings).toContain('both sides share its one number');
  });

  test.each([
    ['prometheus: {url: "ftp://host"}', 'none of the schemes'],
    ['prometheus: {ulr: "http://host"}', 'did you mean url?'],
    ['prometheus: {sides: {label: a-b}}', 'not the name of a label'],
    ['prometheus: {sides: {prod: []}}', 'no value of a label'],
    ['prometheus: {sides: {prod: [web-1]}}', 'prod is listed and gray is not'],
    ['prometheus: {sides: {prod: [web-1], gray: [web-2, web-1]}}', '"web-1" would be prod and gray'],
    ['prometheus: {labels: {"a b": c}}', 'not the name of a label'],
    ['prometheus: {labels: [env]}', 'a mapping of names is needed here'],
    ['prometheus: {every: 5}', 'has no unit'],
    ['prometheus: {every: 10ms}', 'too short'],
    ['prometheus: {timeout: 5m}', 'too long'],
    ['metrics: {cpu: {query: ""}}', 'not a query'],
    ['metrics: {cpu: {query: "avg(x{{{match}}})", unit: ms}}', 'cpu is measured in %'],
    ['metrics: {cpu: {query: "avg(x{{{match}}})", better: higher}}', 'of cpu lower is better'],
    ['metrics: {cpu: {per: side}}', 'cpu is known already'],
    ['metrics: {queue: {type: gauge, per: side}}', 'per belongs to a query'],
    [metric('sum(x{{{match}}})', ', type: counter'), 'what a query gives is a gauge'],
    [metric('sum(x)', ', per: side'), 'does not say which side'],
    [metric('sum(x{side="{{side}}"})', ', per: service'), 'the query asks for one side'],
    [metric('sum(x{side={{side}}})'), 'must stand between " and "'],
    [metric('sum(x{side="{{window}}"})'), 'must not stand in a text'],
    [metric('sum({{match}})'), 'belongs between { and }'],
    [metric('sum(x{side="{{sied}}"})'), '{{sied}} stands for nothing'],
    [metric('sum(x{{{}})'), 'no placeholder'],
    [metric('sum(x{side="gray})'), 'never closed'],
    [metric('sum(x{side=`{{side}}`})'), 'must stand between " and "'],
  ])('%s is a mistake', (text, what) => {
    expect(told(text)).toContain(what);
  });

  test('points at the placeholder that is wrong', () => {
    expect(told('metrics:\n  cpu: {query: "avg(x{side={{side}}})"}')).toContain('graydeck.yaml:2:28');
  });

  test('never repeats a password', () => {
    const text = told('prometheus: {url: "https://liu:hunter2@example.com"}');
    expect(text).toContain('a password must not stand in this file');
    expect(text).not.toContain('hunter2');
  });
});

describe('prometheus.samples', () => {
  const samples = (lines: string): string =>
    `prometheus:\n  url: http://127.0.0.1:9090\n  sides: {label: track, prod: stable, gray: canary}\n  samples:\n${lines}`;
  const queriesOf = (lines: string) => {
    const found = read(samples(lines)).config.prometheus?.samples;
    if (found === null || found === undefined) throw new Error('no samples');
    const text = (one: {prod: {text: string}; gray: {text: string}} | null) =>
      one === null ? null : [one.prod.text, one.gray.text];
    const {requests, errors, duration, instance} = found;
    return {
      requests: text(requests),
      errors: text(errors),
      classic: text(duration?.classic ?? null),
      native: text(duration?.native ?? null),
      unit: duration?.unit,
      instance,
    };
  };

  test('is a selector for both sides, which the label of the sides tells apart', () => {
    const {requests, errors, classic, native, unit, instance} = queriesOf(`
    requests: http_requests_total
    errors: 'http_requests_total{job="pay", code=~"5..",}'
    duration: 'http_request_duration_seconds_bucket{job="pay"}'
    instance: pod
`);
    expect(requests).toEqual(Array(2).fill('http_requests_total{{{match}}}'));
    expect(errors).toEqual(Array(2).fill('http_requests_total{job="pay", code=~"5..",{{match}}}'));
    expect(classic).toEqual(Array(2).fill('http_request_duration_seconds_bucket{job="pay",{{match}}}'));
    expect(native).toEqual(Array(2).fill('http_request_duration_seconds{job="pay",{{match}}}'));
    expect([unit, instance]).toEqual(['s', 'pod']);
  });

  test('is a selector of each side, or one that names the version', () => {
    expect(
      queriesOf(`
    requests: {prod: 'req_total{upstream="a"}', gray: 'req_total{upstream="b"}'}
    errors: 'failed_total{version="{{version}}"}'
    duration: took_ms
`),
    ).toMatchObject({
      requests: ['req_total{upstream="a"}', 'req_total{upstream="b"}'],
      errors: Array(2).fill('failed_total{version="{{version}}"}'),
      unit: 'ms',
      instance: 'instance',
    });
  });

  test.each([
    ['requests: rate(http_requests_total[1m])', 'this is a query: series are counted as they are'],
    ['requests: "{}"', 'this is no selector of series'],
    ['requests: {prod: a_total, gray: a_total}', 'no request would tell the sides apart'],
    ['requests: {prod: a_total}', 'gray'],
    ['errors: a_total', 'requests'],
    ['requests: "a_total{x=\\"{{nothing}}\\"}"', '{{nothing}} stands for nothing'],
  ])('tells what is wrong with %s', (lines, what) => {
    expect(told(samples(`    ${lines}\n`))).toContain(what);
  });
});
