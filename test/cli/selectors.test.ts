import {Counter, Gauge, Histogram, Summary} from 'prom-client';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
  prometheusMissing,
  startPrometheus,
  startTarget,
  type PrometheusServer,
} from '../servers/prometheus.ts';
import {Workplace} from './program.ts';

const PLAN = 'phases: [{name: half, percent: 50, duration: 1h}, {name: all, percent: 100}]\n';

describe.skipIf(prometheusMissing)('selectors of prometheus.samples', () => {
  let server: PrometheusServer;
  let services: Awaited<ReturnType<typeof startTarget>>[];

  beforeAll(async () => {
    services = await Promise.all([startTarget(), startTarget()]);
    for (const {registry} of services) {
      const registers = [registry];
      new Counter({name: 'http_requests_total', help: 'x', labelNames: ['code'], registers}).inc({
        code: '200',
      });
      new Histogram({name: 'took_seconds', help: 'x', registers}).observe(0.1);
      new Summary({name: 'waited_seconds', help: 'x', registers}).observe(0.1);
      new Gauge({name: 'queue_length', help: 'x', registers}).set(3);
    }
    server = await startPrometheus({
      targets: services.map(({address}, index) => ({
        address,
        labels: {track: index === 0 ? 'stable' : 'canary'},
      })),
    });
    await server.until('count(http_requests_total)', count => count === 2);
    await server.until('min(count_over_time(http_requests_total[1m]))', count => count > 3);
  });
  afterAll(async () => {
    await server?.dispose();
    await Promise.all((services ?? []).map(service => service.close()));
  });

  const RIGHT = 'requests: http_requests_total, duration: took_seconds';
  /** What `doctor` finds of Prometheus, and what `plan check` says. */
  async function told(samples: string, sides = '{label: track, prod: stable, gray: canary}', scrape = '1s') {
    await using place = await Workplace.open();
    await place.file('plan.yaml', PLAN);
    await place.file(
      'graydeck.yaml',
      `prometheus: {url: "${server.url}", scrape: ${scrape}, sides: ${sides}, samples: {${samples}}}\nplan: plan.yaml\n`,
    );
    const {findings} = (await place.json('doctor')) as {
      findings: {check: string; level: string; text: string}[];
    };
    const texts = findings
      .filter(({check, text}) => check === 'prometheus' && text.startsWith('samples'))
      .map(({level, text}) => `${level}: ${text}`);
    return {texts, plan: await place.run('plan', 'check', 'plan.yaml')};
  }

  test('that find both sides are well', async () => {
    const {texts, plan} = await told(RIGHT);
    expect(texts).toEqual(['fine: samples: series of requests: prod 1, gray 1']);
    expect(plan).toMatchObject({exitCode: 0, stderr: ''});
  });

  test.each([
    [
      'requests: http_request_total',
      undefined,
      'no series is called http_request_total; nearest: http_requests_total',
    ],
    [
      RIGHT,
      '{label: trak, prod: stable, gray: canary}',
      'no series of http_requests_total has the label trak; nearest: track',
    ],
    [
      RIGHT,
      '{label: track, prod: stabel, gray: canary}',
      'track of http_requests_total never fits track="stabel"; nearest: stable',
    ],
    [
      RIGHT,
      '{label: job, prod: service, gray: gray}',
      'job of http_requests_total never fits job="gray"; there are service',
    ],
    [
      'requests: {prod: http_requests_total, gray: "http_requests_total{track=\\"canary\\"}"}',
      undefined,
      '1 of 1 series of requests are found for prod and for gray',
    ],
    [
      'requests: http_requests_total, duration: waited_seconds',
      undefined,
      'waited_seconds is a summary, not a histogram',
    ],
    [
      'requests: http_requests_total, duration: queue_length',
      undefined,
      'no histogram queue_length is found',
    ],
    [
      'requests: http_requests_total, errors: "http_requests_total{kode=~\\"5..\\"}"',
      undefined,
      'has the label kode; nearest: code',
    ],
  ])('%s with sides %s: %s', async (samples, sides, what) => {
    const {texts, plan} = await told(samples, sides);
    expect(texts.join('\n')).toContain(what);
    expect(plan.exitCode).toBe(0);
    expect(plan.stderr).toContain(what);
  });

  test('say that no request has failed yet only as a doubt', async () => {
    const {texts} = await told(
      'requests: http_requests_total, errors: "http_requests_total{code=~\\"5..\\"}"',
    );
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.every(text => text.startsWith('doubt: samples: errors of'))).toBe(true);
  });

  test('are no matter of a plan where Prometheus is away', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', PLAN);
    await place.file(
      'graydeck.yaml',
      'prometheus: {url: "http://127.0.0.1:9", samples: {requests: a_total}}\n',
    );
    const {exitCode, stderr} = await place.run('plan', 'check', 'plan.yaml');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('it could not be looked at');
  });
});
