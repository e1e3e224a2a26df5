import {Gauge} from 'prom-client';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {readTemplate} from '../../../source/analysis/query-template.ts';
import type {PolledMetric} from '../../../source/metrics/prometheus/asker.ts';
import {BUILT_IN} from '../../../source/metrics/prometheus/built-in.ts';
import {prometheusClient} from '../../../source/metrics/prometheus/client.ts';
import {PrometheusPoller, type PollerOptions} from '../../../source/metrics/prometheus/poller.ts';
import type {Target} from '../../../source/metrics/prometheus/question.ts';
import type {MetricSnapshot} from '../../../source/metrics/prometheus/snapshot.ts';
import {
  exporterMissing,
  prometheusMissing,
  startNodeExporter,
  startPrometheus,
  startStand,
  startTarget,
  type PrometheusServer,
  type ScrapeTarget,
  type Stand,
} from '../../servers/prometheus.ts';

type Service = Awaited<ReturnType<typeof startTarget>>;

const SIDES = {label: 'side', prod: ['prod'], gray: ['gray']};
const TARGET: Target = {
  feature: 'new_payment',
  release: 'r1',
  versions: {prod: 'v1.0.9', gray: 'v1.1.0'},
  startedAt: null,
  splitChangedAt: null,
};

function metric(name: string, query: string, more: Partial<PolledMetric> = {}): PolledMetric {
  const read = readTemplate(query);
  if (!read.ok) throw new Error(read.problem.message);
  return {name, template: read.template, unit: 'count', better: null, per: 'side', isWanted: true, ...more};
}

const builtIn = (...names: string[]): PolledMetric[] =>
  names.map(name => metric(name, BUILT_IN[name]!.query, {per: BUILT_IN[name]!.per}));

/** A poller that asks often; closed after the test. */
function pollerFor(
  url: string,
  metrics: PolledMetric[],
  options: Partial<PollerOptions> = {},
): PrometheusPoller {
  const poller = new PrometheusPoller({
    client: prometheusClient({url, timeoutMs: 30_000}),
    metrics,
    sides: SIDES,
    target: () => TARGET,
    now: Date.now,
    everyMs: 200,
    scrapeMs: 5000,
    windowMs: 10_000,
    ...options,
  });
  onTestFinished(() => poller.close());
  return poller;
}

function shown(poller: PrometheusPoller, name: string): MetricSnapshot {
  return poller.snapshot().find(one => one.name === name)!;
}

describe.skipIf(prometheusMissing)('numbers by a real Prometheus', () => {
  let prod: Service;
  let gray: Service;
  let server: PrometheusServer;
  /** A target that tells the times of its samples itself, and tells always the same. */
  let frozen: Stand;
  let frozenAt = Date.now();

  const targets = (): ScrapeTarget[] => [
    {address: prod.address, labels: {side: 'prod', env: 'live'}},
    {address: gray.address, labels: {side: 'gray', env: 'live'}},
    {address: frozen.address, labels: {side: 'gray'}},
  ];

  function gauge(service: Service, name: string, value: number, labels: Record<string, string> = {}): Gauge {
    const one = new Gauge({name, help: name, labelNames: Object.keys(labels), registers: [service.registry]});
    one.set(labels, value);
    return one;
  }

  beforeAll(async () => {
    [prod, gray] = await Promise.all([startTarget(), startTarget()]);
    frozen = await startStand((_, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(`told_late 7 ${frozenAt}\n`);
    });
    gauge(prod, 'queue_length', 3, {version: 'v1.0.9'});
    gauge(gray, 'queue_length', 8, {version: 'v1.1.0'});
    gauge(gray, 'shard_load', 1, {shard: 'a'});
    new Gauge({name: 'nothing_done', help: 'x', registers: [gray.registry, prod.registry]}).set(0);
    gauge(prod, 'pg_stat_activity_count', 40, {datname: 'pay', state: 'idle'});
    gauge(prod, 'redis_memory_used_bytes', 30);
    gauge(prod, 'redis_memory_max_bytes', 0);
    gauge(prod, 'redis_total_system_memory_bytes', 120);
    server = await startPrometheus({targets: targets()});
    await server.until('count(queue_length)', count => count === 2);
    await server.until('count_over_time(queue_length{side="gray"}[1m])', count => count >= 3);
  });
  afterAll(async () => {
    await server?.dispose();
    await Promise.all([prod?.close(), gray?.close(), frozen?.close()]);
  });

  test('stand on both sides with their age', async () => {
    const poller = pollerFor(server.url, [
      metric('queue', 'max(queue_length{{{match}}})'),
      metric('exact', 'max(queue_length{version="{{version}}",side="{{side}}"})'),
      ...builtIn('db_connections', 'redis_memory', 'availability'),
    ]);
    await poller.start();
    expect(poller.snapshot().map(({name, prod, gray, state}) => [name, prod, gray, state])).toEqual([
      ['queue', 3, 8, 'ok'],
      ['exact', 3, 8, 'ok'],
      ['db_connections', 40, 40, 'ok'],
      ['redis_memory', 25, 25, 'ok'],
      ['availability', 100, 100, 'ok'],
    ]);
    for (const {ageSeconds} of poller.snapshot()) {
      expect(ageSeconds).toBeGreaterThanOrEqual(0);
      expect(ageSeconds).toBeLessThan(60);
    }
    expect(poller.light()).toMatchObject({name: 'prometheus', state: 'up', why: null});
    expect(poller.read('queue', 60_000)).toMatchObject({prod: 3, gray: 8, state: 'ok', source: 'prometheus'});
    expect(poller.read('nobody_asks', 60_000)).toBeNull();
  });

  test.skipIf(exporterMissing)('of machines come from node_exporter by the built-in queries', async () => {
    const exporter = await startNodeExporter();
    onTestFinished(async () => {
      await server.scrape(targets());
      await exporter.dispose();
    });
    const machines = ['prod', 'gray'].map(side => ({address: exporter.address, labels: {side}}));
    await server.scrape([...targets(), ...machines]);
    await server.until('min(count_over_time(node_cpu_seconds_total{mode="idle"}[10s]))', count => count >= 2);
    const poller = pollerFor(server.url, builtIn('cpu', 'memory'));
    await poller.start();
    for (const name of ['cpu', 'memory']) {
      const {prod: ofProd, gray: ofGray, state} = shown(poller, name);
      expect(state).toBe('ok');
      for (const value of [ofProd, ofGray]) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThanOrEqual(100);
      }
    }
  });

  test('that are none are told apart, and none of them is a number', async () => {
    gauge(gray, 'shard_queue', 1, {shard: 'a'});
    gauge(gray, 'shard_queue_2', 1, {shard: 'b'});
    await server.until('count({__name__=~"shard_queue.*"})', count => count === 2);
    const poller = pollerFor(server.url, [
      metric('nan', 'max(nothing_done{{{match}}} / nothing_done{{{match}}})'),
      metric('inf', 'max(queue_length{{{match}}} / ignoring(version) nothing_done{{{match}}})'),
      metric('empty', 'nobody_has_this{{{match}}}'),
      metric('several', '{__name__=~"shard_queue.*",{{match}}}'),
      metric('wrong', 'sum(queue_length{{{match}}}'),
      metric('released', 'max(queue_length{version="{{release}}",side="{{side}}"})'),
    ]);
    await poller.start();
    const states = poller.snapshot().map(({name, state, why}) => [name, state, why]);
    expect(states).toEqual([
      ['nan', 'nan', expect.stringContaining('not a number')],
      ['inf', 'inf', expect.stringContaining('infinite')],
      ['empty', 'empty', 'the query finds no series'],
      ['several', 'several', expect.stringMatching(/2 series.*shard="a".*shard="b"/u)],
      ['wrong', 'bad-query', expect.stringContaining('parse error')],
      ['released', 'empty', 'the query finds no series'],
    ]);
    for (const {prod: ofProd, gray: ofGray} of poller.snapshot())
      expect([ofProd, ofGray]).toEqual([null, null]);
    expect(poller.read('several', 60_000)).toMatchObject({gray: null, state: 'many-series'});
    expect(poller.read('nan', 60_000)).toMatchObject({gray: null, state: 'not-a-number'});
    // One wrong query does not make Prometheus a stranger.
    expect(poller.light().state).toBe('up');
  });

  test('lag where the newest sample is old, though Prometheus still gives it', async () => {
    frozenAt = Date.now();
    await server.until('time() - timestamp(told_late)', age => age < 2);
    const poller = pollerFor(server.url, [metric('late', 'max(told_late{side="{{side}}"})')], {
      scrapeMs: 600,
    });
    await poller.start();
    await expect.poll(() => shown(poller, 'late').state).toBe('lagging');
    const {sides, gray: ofGray, why, ageSeconds} = shown(poller, 'late');
    expect(await server.ask('max(told_late)')).toBe(7);
    expect(ofGray).toBeNull();
    expect(ageSeconds).toBeGreaterThan(3);
    expect(why).toMatch(/newest sample is \d+ s old, more than 5 scrape intervals of 0.6 s/u);
    expect(sides.prod.state).toBe('empty');
    expect(poller.read('late', 60_000)).toMatchObject({gray: null, state: 'stale'});
    frozenAt = Date.now();
    await expect.poll(() => shown(poller, 'late').state).toBe('ok');
  });

  test('end with their target: a gauge is gone at once, a rate lags', async () => {
    const other = await startTarget();
    onTestFinished(() => other.close());
    const work = gauge(other, 'work_total', 1);
    await server.scrape([...targets(), {address: other.address, labels: {side: 'gray', job: 'worker'}}]);
    await server.until('count_over_time(work_total[5s])', count => count >= 3);
    work.set(5);
    const poller = pollerFor(
      server.url,
      [
        metric('work', 'max(work_total{{{match}}})'),
        metric('speed', 'sum(rate(work_total{{{match}}}[{{window}}]))'),
        metric('availability', 'avg(up{job="worker",{{match}}})'),
      ],
      {windowMs: 60_000, scrapeMs: 600},
    );
    await poller.start();
    expect(shown(poller, 'work').state).toBe('ok');
    expect(shown(poller, 'speed').state).toBe('ok');
    expect(shown(poller, 'availability').gray).toBe(1);
    await other.close();
    await expect.poll(() => shown(poller, 'work').state).toBe('empty');
    await expect.poll(() => shown(poller, 'availability').gray).toBe(0);
    await expect.poll(() => shown(poller, 'speed').state).toBe('lagging');
    expect(await server.ask('sum(rate(work_total[60s]))')).not.toBeNull();
    await server.scrape(targets());
  });

  test('have a past from the start', async () => {
    await server.until('count_over_time(queue_length{side="gray"}[1m])', count => count >= 8);
    const poller = pollerFor(server.url, [metric('queue', 'max(queue_length{{{match}}})')], {everyMs: 1000});
    await poller.start();
    const to = Date.now();
    const past = poller.series('queue', 'gray', {from: to - 5000, to}, 1000);
    expect(past.filter(value => value === 8).length).toBeGreaterThanOrEqual(4);
    expect(poller.series('queue', 'prod', {from: to - 5000, to}, 1000)).toContain(3);
    expect(poller.series('unknown', 'prod', {from: to - 5000, to}, 1000)).toEqual([]);
  });

  test('of gray begin with its release, and end with it', async () => {
    let target: Target = {...TARGET, startedAt: Date.now()};
    const poller = pollerFor(server.url, [metric('queue', 'max(queue_length{{{match}}})')], {
      target: () => target,
    });
    await poller.start();
    const to = Date.now();
    const before = {from: to - 60_000, to: to - 3000};
    expect(poller.newest('queue', 'gray', before)).toBeNull();
    expect(poller.newest('queue', 'prod', before)).toBe(3);
    expect(shown(poller, 'queue').gray).toBe(8);
    target = {...target, release: 'r2', startedAt: Date.now()};
    expect(shown(poller, 'queue')).toMatchObject({prod: 3, gray: null, state: 'waiting'});
    expect(poller.read('queue', 60_000)).toMatchObject({gray: null, state: 'no-data'});
    await expect.poll(() => shown(poller, 'queue').gray).toBe(8);
  });

  test('of a version that nobody named are not asked for, and a strange name is only a name', async () => {
    let version: string | null = null;
    const target = (): Target => ({...TARGET, versions: {prod: 'v1.0.9', gray: version}});
    const poller = pollerFor(server.url, [metric('queue', 'max(queue_length{version="{{version}}"})')], {
      target,
    });
    await poller.start();
    expect(shown(poller, 'queue')).toMatchObject({
      prod: 3,
      gray: null,
      state: 'empty',
      why: '{{version}} does not stand for anything now',
    });
    version = 'v"} or vector(1) #\n\\';
    await expect.poll(() => shown(poller, 'queue').why).toBe('the query finds no series');
    expect(shown(poller, 'queue').state).toBe('empty');
  });

  test('are told apart by instances where the labels do not', async () => {
    const poller = pollerFor(server.url, [metric('queue', 'max(queue_length{{{match}}})')], {
      sides: {label: 'instance', prod: [prod.address, '127.0.0.1:1'], gray: [gray.address]},
      labels: {env: 'live'},
    });
    await poller.start();
    expect(shown(poller, 'queue')).toMatchObject({prod: 3, gray: 8, state: 'ok'});
  });

  test('stop with Prometheus and come back with it, and the gap is filled', async () => {
    const poller = pollerFor(server.url, [metric('queue', 'max(queue_length{{{match}}})')]);
    await poller.start();
    await server.stop();
    await expect.poll(() => shown(poller, 'queue').state).toBe('unreachable');
    expect(shown(poller, 'queue')).toMatchObject({prod: null, gray: null});
    const {ageMs, ...light} = poller.light();
    expect(light).toEqual({name: 'prometheus', state: 'away', why: 'no connection (ECONNREFUSED)'});
    expect(ageMs).toBeGreaterThan(0);
    expect(poller.read('queue', 60_000)).toMatchObject({prod: null, gray: null, state: 'away'});
    await expect.poll(() => shown(poller, 'queue').ageSeconds).toBeGreaterThan(2);
    await server.start();
    await expect.poll(() => shown(poller, 'queue').state).toBe('ok');
    expect(poller.light().state).toBe('up');
  });

  test('time out where Prometheus hangs, and closing does not wait for it', async () => {
    const poller = pollerFor(server.url, [metric('queue', 'max(queue_length{{{match}}})')], {
      client: prometheusClient({url: server.url, timeoutMs: 400}),
    });
    await poller.start();
    server.freeze();
    onTestFinished(() => server.thaw());
    await expect.poll(() => shown(poller, 'queue').state).toBe('timeout');
    const patient = pollerFor(server.url, [metric('queue', 'max(queue_length{{{match}}})')], {
      client: prometheusClient({url: server.url, timeoutMs: 60_000}),
    });
    const started = patient.start();
    expect(shown(patient, 'queue').state).toBe('waiting');
    expect(patient.light().state).toBe('opening');
    await patient.close();
    await started;
  });
});

describe('asking', () => {
  async function standWith(
    value: string,
  ): Promise<{stand: Stand; asked: URLSearchParams[]; most: () => number}> {
    const asked: URLSearchParams[] = [];
    let open = 0;
    let most = 0;
    const stand = await startStand(async (request, response) => {
      most = Math.max(most, ++open);
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      asked.push(new URLSearchParams(Buffer.concat(chunks).toString()));
      setImmediate(() => {
        open--;
        const data = {resultType: 'vector', result: [{metric: {}, value: [Date.now() / 1000, value]}]};
        response.end(JSON.stringify({status: 'success', data, warnings: ['read from one store only']}));
      });
    });
    onTestFinished(() => stand.close());
    return {stand, asked, most: () => most};
  }

  test('looks no further back than the split, but never over less than four scrapes', async () => {
    const {stand, asked} = await standWith('1');
    const windowAfter = async (sinceMs: number): Promise<string | undefined> => {
      asked.length = 0;
      const now = Date.now();
      const poller = pollerFor(stand.url, [metric('speed', 'sum(rate(x[{{window}}]))')], {
        target: () => ({...TARGET, splitChangedAt: now - sinceMs}),
        now: () => now,
        scrapeMs: 5000,
        windowMs: 120_000,
        everyMs: 60_000,
      });
      await poller.start();
      return /\d+ms(?=\])/u.exec(asked.map(form => form.get('query')).join(' '))?.[0];
    };
    expect(await windowAfter(1000)).toBe('20000ms');
    expect(await windowAfter(47_000)).toBe('45000ms');
    expect(await windowAfter(3_600_000)).toBe('120000ms');
  });

  test('keeps to so many questions at once, again and again, and tells of every answer', async () => {
    const {stand, asked, most} = await standWith('1');
    const names = Array.from({length: 12}, (_, index) => `m${index}`);
    const poller = pollerFor(
      stand.url,
      names.map(name => metric(name, `${name}{{{match}}}`)),
      {everyMs: 100, width: 2, historyMs: 0},
    );
    let told = 0;
    poller.subscribe(() => {
      throw new Error('a listener of little worth');
    });
    poller.subscribe(() => void told++);
    await poller.start();
    await expect.poll(() => asked.length).toBeGreaterThan(150);
    // A question and the one for its age go together.
    expect(most()).toBeLessThanOrEqual(4);
    expect(told).toBeGreaterThanOrEqual(24);
    await poller.close();
    const {length} = asked;
    expect(length).toBe(asked.length);
  });

  test('passes warnings on to the light', async () => {
    const {stand} = await standWith('1');
    const poller = pollerFor(stand.url, [metric('one', 'x', {per: 'service'})]);
    await poller.start();
    expect(poller.light()).toMatchObject({state: 'up', why: 'read from one store only'});
    expect(shown(poller, 'one').warnings).toEqual(['read from one store only']);
  });

  test('leaves out what nobody wants now, and asks once somebody does', async () => {
    const {stand, asked} = await standWith('1');
    const wanted = new Set(['one']);
    const poller = pollerFor(
      stand.url,
      [metric('one', 'vector(1)', {per: 'service'}), metric('two', 'vector(2)', {per: 'service'})],
      {
        wants: name => wanted.has(name),
        historyMs: 0,
      },
    );
    await poller.start();
    expect(shown(poller, 'one').state).toBe('ok');
    expect(shown(poller, 'two').state).toBe('waiting');
    expect(asked.some(form => form.get('query') === 'vector(2)')).toBe(false);
    wanted.add('two');
    await expect.poll(() => shown(poller, 'two').state).toBe('ok');
  });

  test('survives a label that is none', async () => {
    const {stand} = await standWith('1');
    const poller = pollerFor(stand.url, [metric('one', 'x{{{match}}}')], {
      sides: {...SIDES, label: 'no label'},
    });
    await poller.start();
    expect(shown(poller, 'one')).toMatchObject({state: 'bad-query', gray: null});
  });
});
