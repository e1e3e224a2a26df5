import {describe, expect, onTestFinished, test} from 'vitest';
import {Workplace} from '../cli/program.ts';
import {eventually} from '../patience.ts';
import {prometheusMissing, startPrometheus, type PrometheusServer} from '../servers/prometheus.ts';
import {openStore} from '../../source/store/open.ts';
import {openShop, type Shop} from '../servers/shop.ts';

const FEATURE = 'pay';
const PLAN = `
phases: [{name: half, percent: 50, duration: 1h}, {name: all, percent: 100}]
`;

interface Status {
  state: string;
  phase: {index: number} | null;
  sides: Record<
    'prod' | 'gray',
    {requests: number | null; errorRate: number | null; responseTime: {p95: number | null}}
  >;
  verdict: {action: string; footing: string | null; reasons: {code: string}[]};
  cause: {metric: string; detectedAt: number; onset: number | null} | null;
  faults: {code: string; text: string}[];
}

interface World {
  place: Workplace;
  prometheus: PrometheusServer;
  prod: Shop;
  gray: Shop;
  status(...argv: string[]): Promise<Status>;
}

/** A shop of each side, a Prometheus that scrapes them each second, a release and its guard. No app knows of Graydeck. */
async function open(plan = PLAN): Promise<World> {
  const [prod, gray, place] = await Promise.all([openShop(), openShop(), Workplace.open()]);
  const prometheus = await startPrometheus({
    targets: [
      {address: prod.address, labels: {track: 'stable'}},
      {address: gray.address, labels: {track: 'canary'}},
    ],
  });
  await place.file('plan.yaml', plan);
  await place.file(
    'graydeck.yaml',
    `
prometheus:
  url: ${prometheus.url}
  sides: {label: track, prod: stable, gray: canary}
  scrape: 1s
  every: 1s
  samples:
    requests: http_requests_total{job="service"}
    errors: http_requests_total{job="service", code=~"5.."}
    duration: http_request_duration_seconds{job="service"}
plan: plan.yaml
`,
  );
  await prometheus.until('count(http_requests_total{code="200"})', count => count === 2);
  const started = await place.run(
    'start',
    'v2',
    '--feature',
    FEATURE,
    '--over',
    'v1',
    '--yes',
    '--skip-preflight',
  );
  if (started.exitCode !== 0) throw new Error(started.stderr);
  const guard = place.start(['guard', '--json']);
  onTestFinished(async () => {
    guard.kill('SIGTERM');
    await guard;
    await Promise.all([prod.close(), gray.close(), prometheus.dispose()]);
    await place[Symbol.asyncDispose]();
  });
  const status = async (...argv: string[]) => (await place.json('status', ...argv)) as unknown as Status;
  await eventually(async () => expect((await status()).verdict.action).toBe('hold'), 300);
  return {place, prometheus, prod, gray, status};
}

describe.skipIf(prometheusMissing)('a release that is measured by Prometheus alone', () => {
  test.concurrent('shows both sides, and a gray that fails is taken back by the guard', async () => {
    const {gray, status} = await open();
    await eventually(async () => {
      const {sides} = await status('--window', '20s');
      for (const side of ['prod', 'gray'] as const) {
        expect(sides[side].requests).toBeGreaterThan(300);
        expect(sides[side].errorRate).toBeLessThan(4);
        expect(sides[side].responseTime.p95).toBeGreaterThan(100);
        expect(sides[side].responseTime.p95).toBeLessThan(260);
      }
    }, 300);
    gray.trade = {errors: 0.25, seconds: 0.05};
    const failedAt = Date.now();
    const {cause} = await eventually(async () => {
      const now = await status();
      expect(now.state).toBe('rolled_back');
      return now;
    }, 300);
    expect(cause).toMatchObject({metric: 'error_rate'});
    // A second is whole one scrape later, and its evidence is read two scrapes later; the clock of the test is not exact.
    expect(cause!.onset).toBeGreaterThan(failedAt - 5000);
    expect((await status()).verdict).toMatchObject({action: 'rollback', footing: 'requests'});
  });

  test.concurrent('no sample of the store counts beside it, and doctor says so', async () => {
    const {place, status} = await open();
    const store = await openStore(place.store, 'operator', {env: {}});
    onTestFinished(() => store.close());
    await store.feature(FEATURE).samples.write([['side', 'gray', 'requests', '50000', 'errors', '50000']]);
    await eventually(async () => {
      const {state, sides} = await status('--window', '10m');
      expect(state).toBe('rolling');
      expect(sides.gray.requests).toBeGreaterThan(500);
      expect(sides.gray.requests).toBeLessThan(20_000);
      expect(sides.gray.errorRate).toBeLessThan(4);
    }, 300);
    const {findings} = (await place.json('doctor')) as {findings: {check: string; text: string}[]};
    expect(findings.find(({check}) => check === 'samples')?.text).toContain('only Prometheus is counted');
  });

  test.concurrent('a gray that is slow is taken back, too', async () => {
    const {gray, status} = await open(`${PLAN}
guardrails: [{when: "response_time_p95 > 2x prod over 10s", for: 3s, then: rollback}]
`);
    gray.trade = {errors: 0.01, seconds: 0.4};
    await eventually(async () => expect((await status()).state).toBe('rolled_back'), 300);
    expect((await status()).cause).toMatchObject({metric: 'response_time_p95'});
  });

  test.concurrent('equal versions go on, also when apps start again and both fail together', async () => {
    const {prod, gray, status, prometheus} = await open();
    const seen = async (requests: number) =>
      await eventually(async () => {
        const {state, sides} = await status('--window', '10m');
        expect(state).toBe('rolling');
        expect(sides.gray.requests).toBeGreaterThan(requests);
      }, 500);
    await seen(300);
    gray.restart();
    await seen(700);
    prod.restart();
    await seen(1100);
    // An outage of what both need.
    prod.trade = gray.trade = {errors: 0.6, seconds: 0.5};
    await seen(1700);
    prod.trade = gray.trade = {errors: 0.01, seconds: 0.05};
    await seen(2300);
    expect(await prometheus.ask('sum(resets(http_requests_total[5m]))')).toBeGreaterThan(0);
  });

  test.concurrent('while Prometheus is away that is said, and nothing is stopped or raised', async () => {
    const {status, prometheus} = await open(`
phases: [{name: half, percent: 50, duration: 12s}, {name: all, percent: 100, duration: 1h}]
`);
    await prometheus.stop();
    await eventually(async () => {
      expect((await status()).faults).toMatchObject([
        {code: 'samples_away', text: expect.stringMatching(/Prometheus: no connection/u) as string},
      ]);
    }, 300);
    const until = Date.now() + 20_000;
    while (Date.now() < until) expect(await status()).toMatchObject({state: 'rolling', phase: {index: 0}});
    await prometheus.start();
    await eventually(async () => expect((await status()).phase?.index).toBe(1), 300);
    expect((await status()).faults).toEqual([]);
  });
});
