import {Gauge} from 'prom-client';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openProgram} from '../acceptance/place.ts';
import {forwardProxy} from '../servers/forward-proxy.ts';
import {freePort} from '../servers/ports.ts';
import {
  prometheusMissing,
  startPrometheus,
  startStand,
  startTarget,
  type PrometheusServer,
} from '../servers/prometheus.ts';
import {errorOf, Workplace} from './program.ts';

const START = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9', '--yes'];

const PLAN = `
phases: [{name: half, percent: 50, duration: 1h}, {name: all, percent: 100}]
guardrails:
  - {when: "queue > 5", then: alert}
  - {when: "cpu > 80 %", then: alert}
  - {when: "memory > 90 %", then: alert}
evidence: off
`;
const METRICS = `
  queue: {query: 'max(queue_length{{{match}}})', unit: count, better: lower}
  cpu: {query: 'avg(cpu_percent{{{match}}})'}
  memory: {query: 'nobody_tells{{{match}}}'}
  shards: {query: 'shard_load{{{match}}}', better: lower}
  nothing: {query: 'max(queue_length{{{match}}} * 0 / 0)'}
`;

interface Line {
  name: string;
  source: string;
  prod: number | null;
  gray: number | null;
  limit: number | null;
  ageSeconds: number | null;
  state: string;
}

async function metricsOf(place: Workplace, ...argv: string[]): Promise<Map<string, Line>> {
  const {metrics} = await place.json('status', ...argv);
  return new Map((metrics as Line[]).map(line => [line.name, line]));
}

describe.skipIf(prometheusMissing)('with a Prometheus', () => {
  let server: PrometheusServer;
  let services: Awaited<ReturnType<typeof startTarget>>[];

  beforeAll(async () => {
    services = await Promise.all([startTarget(), startTarget()]);
    for (const [index, {registry}] of services.entries()) {
      const registers = [registry];
      new Gauge({name: 'queue_length', help: 'x', registers}).set(index === 0 ? 3 : 8);
      new Gauge({name: 'cpu_percent', help: 'x', registers}).set(index === 0 ? 41 : 44.5);
      const shards = new Gauge({name: 'shard_load', help: 'x', labelNames: ['shard'], registers});
      shards.set({shard: 'a'}, 1);
      shards.set({shard: 'b'}, 2);
    }
    server = await startPrometheus({
      targets: services.map(({address}, index) => ({
        address,
        labels: {track: index === 0 ? 'stable' : 'next'},
      })),
    });
    await server.until('count(queue_length)', count => count === 2);
  });
  afterAll(async () => {
    await server?.dispose();
    await Promise.all((services ?? []).map(service => service.close()));
  });

  /** A release under a plan that speaks of numbers by Prometheus. */
  async function placeWith(prometheus: string): Promise<Workplace> {
    const place = await Workplace.open();
    await place.file('plan.yaml', PLAN);
    await place.file('graydeck.yaml', `prometheus: ${prometheus}\nmetrics:${METRICS}plan: plan.yaml\n`);
    const {exitCode, stderr} = await place.run(...START, '--skip-preflight');
    if (exitCode !== 0) throw new Error(stderr);
    return place;
  }
  const settings = (url: string): string =>
    `{url: "${url}", sides: {label: track, prod: stable, gray: next}, every: 1s, timeout: 20s, scrape: 10s}`;

  test('status has its numbers beside those of the samples, against the limits of the plan', async () => {
    await using place = await placeWith(settings(server.url));
    const metrics = await metricsOf(place);
    const age = expect.any(Number);
    expect(metrics.get('queue')).toEqual({
      name: 'queue',
      source: 'prometheus',
      prod: 3,
      gray: 8,
      limit: 5,
      ageSeconds: age,
      state: 'over',
    });
    expect(metrics.get('cpu')).toMatchObject({prod: 41, gray: 44.5, limit: 80, ageSeconds: age, state: 'ok'});
    expect(metrics.get('availability')).toMatchObject({
      source: 'prometheus',
      prod: 100,
      gray: 100,
      state: 'unlimited',
    });
    const none = {prod: null, gray: null, ageSeconds: null, source: 'prometheus'};
    expect(metrics.get('memory')).toMatchObject({...none, limit: 90, state: 'empty'});
    expect(metrics.get('shards')).toMatchObject({...none, limit: null, state: 'several'});
    expect(metrics.get('nothing')).toMatchObject({...none, state: 'nan'});
    expect(metrics.get('redis_memory')).toMatchObject({...none, state: 'empty'});
    expect(metrics.get('error_rate')).toMatchObject({source: 'samples', gray: null, state: 'no-data'});
    expect((await place.json('status'))['sides']).toMatchObject({gray: {availability: 100}});
  });

  test('status for people shows them with their unit, and what is wrong with those that are none', async () => {
    await using place = await placeWith(settings(server.url));
    const {stdout, stderr} = await place.run('status');
    expect(stderr).toMatch(
      /^shards: the query gives 2 series, one is wanted: .*shard="a".*shard="b".*\nnothing: .*divided by 0\?$/u,
    );
    expect(stdout).toMatch(/^ +queue +3 +8 +✖ 5$/mu);
    expect(stdout).toMatch(/^ +cpu +41\.0 % +44\.5 % +80\.0 %$/mu);
    expect(stdout).toMatch(/^ +memory +— +no data +90\.0 %$/mu);
    expect(stdout).toMatch(/^ +shards +— +several$/mu);
    expect(stdout).not.toContain('redis memory');
  });

  test('a flag names another Prometheus than the configuration', async () => {
    await using place = await placeWith(settings('http://127.0.0.1:1'));
    const metrics = await metricsOf(place, '--prometheus', server.url);
    expect(metrics.get('queue')).toMatchObject({prod: 3, gray: 8});
  });

  test('the console shows them, and says so when Prometheus is gone', async () => {
    await using place = await placeWith(settings(server.url));
    await using console = openProgram({cli: place}, ['watch'], {columns: 140, rows: 45});
    await console.until(/● prometheus \d s/u);
    await console.until(/queue +3 .*queue +8 .*worse/u);
    await console.until(/cpu +41\.0 % .*cpu +44\.5 %/u);
    await console.until(/shards +several .*shards +several/u);
    await console.until(/memory +no data/u);
    await server.stop();
    await console.until(/▲ prometheus away \d+ s/u);
    await console.until(/cpu +away .*cpu +away .* \d+ s ago/u);
    await server.start();
    await console.until(/● prometheus \d s/u);
    await console.until(/cpu +41\.0 %/u);
  });

  test('a guard judges by its numbers, and while it is away neither advances nor takes anything back', async () => {
    await using place = await placeWith(settings(server.url));
    await place.file(
      'guarded.yaml',
      `
phases: [{name: half, percent: 50, duration: 1h, criteria: ["cpu < 80 % over 10s"]}, {name: all, percent: 100}]
guardrails: [{when: "queue > 5 over 10s", for: 1s, then: pause}]
evidence: off
`,
    );
    await place.run('start', 'v2', '--supersede', '--plan', 'guarded.yaml', '--yes');
    const guard = place.start(['guard']);
    const reasons = async (): Promise<unknown> => {
      const {action, reasons: all} = (await place.json('status'))['verdict'] as {
        action: string;
        reasons: {code: string; metric: string | null; value: number | null}[];
      };
      return [action, ...all.map(({code, metric, value}) => `${code} ${metric} ${value}`)];
    };
    const {exitCode} = await place.run('wait', '--for', 'paused', '--timeout', '60s');
    expect(exitCode).toBe(0);
    expect(await reasons()).toEqual(['pause', 'guardrail queue 8']);
    await server.stop();
    await expect
      .poll(reasons, {interval: 500})
      .toEqual(expect.arrayContaining(['hold', 'criterion_unmeasured cpu null']));
    const {state} = await place.json('status');
    expect(state).toBe('paused');
    await server.start();
    guard.kill('SIGTERM');
    expect((await guard).exitCode).toBe(0);
  });
});

describe('without one', () => {
  test('status says that it is away, and tells everything else', async () => {
    await using place = await Workplace.open();
    await place.run(...START);
    const url = `http://127.0.0.1:${await freePort()}`;
    const {exitCode, stdout, stderr} = await place.run('status', '--prometheus', url);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('v1.1.0');
    expect(stderr).toBe('prometheus does not answer: no connection (ECONNREFUSED)');
    const metrics = await metricsOf(place, '--prometheus', url);
    expect(metrics.get('cpu')).toMatchObject({
      source: 'prometheus',
      prod: null,
      gray: null,
      state: 'unreachable',
    });
    expect((await metricsOf(place)).has('cpu')).toBe(false);
  });

  test('doctor says once that it is away, with what mends that', async () => {
    await using place = await Workplace.open();
    await place.run(...START);
    const url = `http://127.0.0.1:${await freePort()}`;
    const {findings} = (await place.json('doctor', '--prometheus', url)) as {findings: {text: string}[]};
    const told = findings.map(({text}) => text).filter(text => text.includes('ECONNREFUSED'));
    expect(told).toEqual([expect.stringContaining('does not answer') as string]);
  });

  test('an address of the environment is not called one of a flag', async () => {
    await using place = await Workplace.open();
    await place.run(...START);
    const ran = await place.runWith({env: {GRAYDECK_PROMETHEUS: 'prometheus'}}, 'status');
    expect(ran).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('GRAYDECK_PROMETHEUS is not an') as string,
    });
  });

  test.each([
    [['--prometheus', 'prometheus:9090'], {}, 'bad-url'],
    [['--prometheus', 'http://liu:hunter2@127.0.0.1:1'], {}, 'password-typed'],
    [[], {GRAYDECK_PROMETHEUS: 'hunter2'}, 'bad-url'],
  ])('an address that is none is bad input, and not repeated: %j', async (argv, env, code) => {
    await using place = await Workplace.open();
    await place.run(...START);
    const ran = await place.runWith({env}, 'status', '--json', ...argv);
    expect(ran.exitCode).toBe(2);
    expect(errorOf(ran)['code']).toBe(code);
    expect(ran.stderr).not.toContain('hunter2');
  });

  test('a password may come by the environment, in the address or beside it', async () => {
    await using place = await Workplace.open();
    await place.run(...START);
    await place.file('graydeck.yaml', 'prometheus: "http://liu:${SECRET}@127.0.0.1:1"\n');
    const unset = await place.run('status', '--json');
    expect(unset.exitCode).toBe(2);
    expect(errorOf(unset)).toMatchObject({code: 'no-variable', message: expect.stringContaining('SECRET')});
    const set = await place.runWith({env: {SECRET: 'hunter2'}}, 'status');
    expect(set.exitCode).toBe(0);
    expect(set.stdout + set.stderr).not.toContain('hunter2');
    const url = `http://liu:hunter2@127.0.0.1:${await freePort()}`;
    const env = await place.runWith({env: {GRAYDECK_PROMETHEUS: url}}, 'status');
    expect(env.exitCode).toBe(0);
    expect(env.stdout + env.stderr).not.toContain('hunter2');
  });

  test('a rollback does not ask for it, whatever is wrong with its address', async () => {
    await using place = await Workplace.open();
    await place.run(...START);
    const {exitCode} = await place.run('rollback', '--prometheus', 'no address at all');
    expect(exitCode).toBe(0);
  });
});

test('the program asks by the proxy of its environment, with the token and headers of its configuration', async () => {
  const asked: [string | undefined, string | undefined, string | undefined][] = [];
  const prometheus = await startStand((request, response) => {
    asked.push([request.url, request.headers.authorization, request.headers['x-scope-orgid'] as string]);
    request.resume();
    response.end(
      JSON.stringify({
        status: 'success',
        data: {resultType: 'vector', result: [{metric: {}, value: [1, '1']}]},
      }),
    );
  });
  await using proxy = await forwardProxy({to: prometheus.port});
  await using place = await Workplace.open();
  await place.file('token', 'from a file\n');
  await place.file(
    'graydeck.yaml',
    'prometheus: {url: "http://prometheus.internal/?tenant=pay", token: {file: token}, headers: {X-Scope-OrgID: pay}}',
  );
  const {stdout} = await place.runWith({env: {HTTP_PROXY: proxy.url}}, 'doctor');
  await prometheus.close();
  expect(stdout).toContain('✔ prometheus http://prometheus.internal answers');
  expect(proxy.asked[0]).toBe('POST http://prometheus.internal/api/v1/query?tenant=pay');
  expect(asked[0]).toEqual(['/api/v1/query?tenant=pay', 'Bearer from a file', 'pay']);
});
