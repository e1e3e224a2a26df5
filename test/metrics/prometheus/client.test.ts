import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {Gauge} from 'prom-client';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {prometheusClient, type PrometheusClient} from '../../../source/metrics/prometheus/client.ts';
import {freePort} from '../../servers/ports.ts';
import {
  prometheusMissing,
  startPrometheus,
  startStand,
  startTarget,
  type PrometheusServer,
  type Stand,
} from '../../servers/prometheus.ts';

/** A known pair of bcrypt, from its author's test vectors. */
const USERS = {deck: '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'};
const PASSWORD = 'U*U';

/** The code and the sentence of an answer that is none. */
async function faultOf(client: PrometheusClient, query = 'up'): Promise<[string, string]> {
  const answer = await client.query(query);
  return answer.ok ? ['ok', String(answer.value.value)] : [answer.fault.code, answer.fault.why];
}

describe.skipIf(prometheusMissing)('a real Prometheus', () => {
  let server: PrometheusServer;
  let targets: (Stand & {registry: unknown})[];
  let client: PrometheusClient;

  beforeAll(async () => {
    targets = await Promise.all(
      ['prod', 'gray'].map(async (_, index) => {
        const target = await startTarget();
        new Gauge({name: 'load', help: 'load', registers: [target.registry]}).set(10 + index);
        return target;
      }),
    );
    server = await startPrometheus({
      targets: targets.map(({address}, index) => ({
        address,
        labels: {side: index === 0 ? 'prod' : 'gray'},
      })),
    });
    client = prometheusClient({url: `${server.url}/`});
    await server.until('count(load)', count => count === 2);
  });
  afterAll(async () => {
    await server?.dispose();
    await Promise.all((targets ?? []).map(target => target.close()));
  });

  test('tells a number with the time on its own clock', async () => {
    const answer = await client.query('load{side="gray"}');
    expect(answer).toMatchObject({ok: true, value: {value: 11}});
    const at = answer.ok ? answer.value.at : 0;
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
    expect(await client.query('scalar(load{side="prod"})')).toMatchObject({ok: true, value: {value: 10}});
  });

  test('tells what a number was before', async () => {
    await server.until('count_over_time(load{side="prod"}[1m])', count => count >= 3);
    const now = Date.now();
    const answer = await client.queryRange('load{side="prod"}', {from: now - 10_000, to: now, stepMs: 1000});
    const points = answer.ok ? answer.value : [];
    expect(points.length).toBeGreaterThanOrEqual(2);
    expect(points.every(({at, value}) => value === 10 && at >= now - 10_001 && at <= now)).toBe(true);
  });

  test.each([
    ['load{side="gray"} * 0 / 0', 'nan', 'not a number'],
    ['0 / 0', 'nan', 'not a number'],
    ['load{side="gray"} / 0', 'inf', 'infinite'],
    ['-1 / 0', 'inf', 'infinite'],
    ['nobody_has_this', 'empty', 'finds no series'],
    ['load', 'several', '2 series, one is wanted: {__name__="load"'],
    ['sum by (side) (load)', 'several', '{side="gray"}, {side="prod"}'],
    ['sum(', 'bad-query', 'parse error: '],
    ['load * on (job) load', 'bad-query', 'many-to-many matching not allowed'],
    ['load[1m]', 'bad-query', 'gives a range'],
    ['"text"', 'bad-query', 'gives a text'],
  ])('%s is %s', async (query, code, why) => {
    const [told, sentence] = await faultOf(client, query);
    expect(told).toBe(code);
    expect(sentence).toContain(why);
  });

  test('a history of nothing or of several is told as such', async () => {
    const range = {from: Date.now() - 10_000, to: Date.now(), stepMs: 1000};
    expect(await client.queryRange('load', range)).toMatchObject({fault: {code: 'several'}});
    expect(await client.queryRange('nobody_has_this', range)).toMatchObject({fault: {code: 'empty'}});
    expect(await client.queryRange('sum(', range)).toMatchObject({fault: {code: 'bad-query'}});
  });

  test('behind a wrong path it is not Prometheus', async () => {
    const [code, why] = await faultOf(prometheusClient({url: `${server.url}/somewhere`}));
    expect(code).toBe('not-prometheus');
    expect(why).toContain('404');
  });

  test('a question that is not wanted any more is dropped', async () => {
    const stop = AbortSignal.abort();
    expect(await client.query('up', stop)).toMatchObject({ok: false, fault: {code: 'unreachable'}});
  });

  test('it times out when it hangs, is unreachable when it is gone, and answers again', async () => {
    const hasty = prometheusClient({url: server.url, timeoutMs: 300});
    server.freeze();
    expect(await faultOf(hasty)).toEqual(['timeout', 'no answer within 0.3 s']);
    server.thaw();
    await server.stop();
    expect(await faultOf(hasty)).toEqual(['unreachable', 'no connection (ECONNREFUSED)']);
    await server.start();
    await expect.poll(() => faultOf(client, '1')).toEqual(['ok', '1']);
  });

  test('with a password it answers only who has it', async () => {
    const closed = await startPrometheus({users: USERS});
    onTestFinished(() => closed.dispose());
    const {url, port} = closed;
    expect(await faultOf(prometheusClient({url}), '1')).toEqual([
      'unauthorized',
      'it answers 401: token or password are wrong or missing',
    ]);
    const wrong = {kind: 'basic', user: 'deck', password: 'hunter2'} as const;
    const [code, why] = await faultOf(prometheusClient({url, credentials: wrong}), '1');
    expect(code).toBe('unauthorized');
    expect(why).not.toContain('hunter2');
    const right = {kind: 'basic', user: 'deck', password: PASSWORD} as const;
    expect(await faultOf(prometheusClient({url, credentials: right}), '1')).toEqual(['ok', '1']);
    const inUrl = prometheusClient({url: `http://deck:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`});
    expect(await faultOf(inUrl, '1')).toEqual(['ok', '1']);
    expect(inUrl.label).toBe(url);
  });
});

describe('what is not Prometheus, or not well', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await startStand((_, response) => response.end());
  });
  afterAll(() => stand.close());

  function answering(status: number, body: string, headers: Record<string, string> = {}): PrometheusClient {
    stand.answer((_, response) => response.writeHead(status, headers).end(body));
    return prometheusClient({url: stand.url, mostBytes: 1000});
  }
  const error = (errorType: string, text: string): string =>
    JSON.stringify({status: 'error', errorType, error: text});

  test.each([
    [200, '<!doctype html><title>Grafana</title>', 'not-prometheus'],
    [200, '{"status":"success"}', 'not-prometheus'],
    [200, '[]', 'not-prometheus'],
    [200, '', 'not-prometheus'],
    [404, 'page not found', 'not-prometheus'],
    [400, '<h1>400</h1>', 'not-prometheus'],
    [302, '', 'not-prometheus'],
    [403, 'forbidden', 'unauthorized'],
    [500, 'oh no', 'server-error'],
    [502, '<html>Bad Gateway</html>', 'server-error'],
    [429, 'too many', 'server-error'],
    [503, error('unavailable', 'still replaying'), 'server-error'],
    [503, error('timeout', 'query timed out in expression evaluation'), 'timeout'],
    [400, error('bad_data', 'invalid parameter "query"'), 'bad-query'],
    [200, 'x'.repeat(2000), 'not-prometheus'],
  ])('%i with %j', async (status, body, code) => {
    const [told] = await faultOf(answering(status, body, {location: 'http://127.0.0.1:1/'}));
    expect(told).toBe(code);
  });

  test('an answer of more series than anybody reads is too many', async () => {
    const headers = {'content-type': 'application/json'};
    expect((await faultOf(answering(200, ' '.repeat(2000), headers)))[0]).toBe('several');
  });

  test('an answer that does not end is given up at its greatest length', async () => {
    stand.answer((_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(500)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const [code] = await faultOf(prometheusClient({url: stand.url, mostBytes: 5000}));
    expect(code).toBe('not-prometheus');
  });

  test('an answer that begins and does not go on times out', async () => {
    stand.answer((_, response) => void response.writeHead(200).write('{"status":'));
    const [code] = await faultOf(prometheusClient({url: stand.url, timeoutMs: 200}));
    expect(code).toBe('timeout');
  });

  test('a redirect is not followed, so nobody else is shown the password', async () => {
    const asked: (string | undefined)[] = [];
    const other = await startStand((request, response) => {
      asked.push(request.headers.authorization);
      response.end();
    });
    onTestFinished(() => other.close());
    stand.answer((_, response) => response.writeHead(307, {location: other.url}).end());
    const credentials = {kind: 'bearer', token: 'hunter2'} as const;
    const [code] = await faultOf(prometheusClient({url: stand.url, credentials}));
    expect(code).toBe('not-prometheus');
    expect(asked).toEqual([]);
  });

  test('a token is sent as such', async () => {
    let sent = '';
    stand.answer((request, response) => {
      sent = request.headers.authorization ?? '';
      response.end();
    });
    await prometheusClient({url: stand.url, credentials: {kind: 'bearer', token: 'abc'}}).query('up');
    expect(sent).toBe('Bearer abc');
  });

  test('warnings are passed on, fit for a terminal', async () => {
    const answer = {
      status: 'success',
      data: {resultType: 'scalar', result: [1, '5']},
      warnings: ['\u001b[31mremote read failed\u0007'],
    };
    const read = await answering(200, JSON.stringify(answer)).query('up');
    expect(read).toEqual({ok: true, value: {at: 1000, value: 5}, warnings: ['remote read failed']});
  });

  test('its sentences cannot write over the screen', async () => {
    const [, why] = await faultOf(answering(400, error('bad_data', 'no\u001b[2J\u202Ename\r\n'.repeat(100))));
    expect(why).not.toMatch(/[\p{Cc}\u202E]/u);
    expect(why.length).toBeLessThanOrEqual(300);
  });

  test('a native histogram is no number', async () => {
    const body = {
      status: 'success',
      data: {resultType: 'vector', result: [{metric: {}, histogram: [1, {count: '1', sum: '1'}]}]},
    };
    expect((await faultOf(answering(200, JSON.stringify(body))))[0]).toBe('bad-query');
  });

  test('something that does not speak HTTP is not Prometheus', async () => {
    const server = createServer(socket => {
      socket.on('data', () => socket.end('-ERR unknown command\r\n')).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const {port} = server.address() as AddressInfo;
    const [code, why] = await faultOf(prometheusClient({url: `http://127.0.0.1:${port}`}));
    expect(code).toBe('not-prometheus');
    expect(why).toContain('does not speak HTTP');
  });

  test('where nobody listens, the password is not told either', async () => {
    const port = await freePort();
    const [code, why] = await faultOf(prometheusClient({url: `http://deck:hunter2@127.0.0.1:${port}`}));
    expect(code).toBe('unreachable');
    expect(why).not.toContain('hunter2');
  });

  test('an address of something else is refused at once', () => {
    expect(() => prometheusClient({url: 'redis://127.0.0.1'})).toThrow(TypeError);
    expect(() => prometheusClient({url: '127.0.0.1:9090'})).toThrow(TypeError);
  });
});
