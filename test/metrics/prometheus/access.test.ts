import {execFileSync} from 'node:child_process';
import {once} from 'node:events';
import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {TLSSocket} from 'node:tls';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, onTestFinished, test, vi} from 'vitest';
import {prometheusClient, type PrometheusClient} from '../../../source/metrics/prometheus/client.ts';
import {authority, tlsOf} from '../../servers/authority.ts';
import {forwardProxy} from '../../servers/forward-proxy.ts';
import {prometheusMissing, startPrometheus, startStand} from '../../servers/prometheus.ts';

afterEach(() => vi.unstubAllEnvs());

const FIVE = JSON.stringify({status: 'success', data: {resultType: 'scalar', result: [1, '5']}});

async function told(client: PrometheusClient, query = '5'): Promise<[string, string]> {
  const answer = await client.query(query);
  return answer.ok ? ['ok', String(answer.value.value)] : [answer.fault.code, answer.fault.why];
}

interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Stands in for Prometheus, and keeps what it was asked. */
async function stand(
  answer: (asked: Asked, response: ServerResponse) => void = (_, response) => void response.end(FIVE),
) {
  const asked: Asked[] = [];
  const server = await startStand((request, response) => {
    let body = '';
    request.on('data', chunk => (body += String(chunk)));
    request.on('end', () => {
      const one = {method: request.method ?? '', path: request.url ?? '', headers: request.headers, body};
      asked.push(one);
      answer(one, response);
    });
  });
  onTestFinished(() => server.close());
  return {url: server.url, port: server.port, asked};
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'graydeck-access-'));
  onTestFinished(() => rmSync(path, {recursive: true}));
  return path;
}

describe('a proxy that takes one method only', () => {
  test.each([403, 405, 404, 501])(
    'answers %i to POST: the question is asked by GET, and stays so',
    async status => {
      const {url, asked} = await stand(({method}, response) =>
        method === 'POST' ? response.writeHead(status).end('no POST here') : response.end(FIVE),
      );
      const client = prometheusClient({url});
      expect(await told(client)).toEqual(['ok', '5']);
      expect(await told(client)).toEqual(['ok', '5']);
      expect(asked.map(({method}) => method)).toEqual(['POST', 'GET', 'GET']);
      expect(asked[1]?.path).toBe('/api/v1/query?query=5&timeout=3000ms');
    },
  );

  test('a query that Prometheus refuses is not asked twice, and a closed door stays closed', async () => {
    const bad = JSON.stringify({status: 'error', errorType: 'bad_data', error: 'parse error'});
    const one = await stand((_, response) => response.writeHead(400).end(bad));
    expect(await told(prometheusClient({url: one.url}))).toEqual(['bad-query', 'parse error']);
    expect(one.asked).toHaveLength(1);
    const closed = await stand((_, response) => response.writeHead(403).end());
    expect((await told(prometheusClient({url: closed.url})))[0]).toBe('unauthorized');
    expect(closed.asked.map(({method}) => method)).toEqual(['POST', 'GET']);
  });

  test.skipIf(prometheusMissing)('stands before a real Prometheus', async () => {
    const server = await startPrometheus();
    onTestFinished(() => server.dispose());
    await using proxy = await forwardProxy({
      to: server.port,
      refuse: ({method}) => (method === 'POST' ? 403 : undefined),
    });
    const client = prometheusClient({url: proxy.url});
    expect(await told(client, '2 + 3')).toEqual(['ok', '5']);
    const to = Date.now();
    expect(await client.queryRange('vector(5)', {from: to - 5000, to, stepMs: 1000})).toMatchObject({
      ok: true,
    });
  });
});

describe('what stands behind ? in the address', () => {
  test('is sent with every question, by POST and by GET', async () => {
    const {url, asked} = await stand(({method}, response) =>
      method === 'POST' ? response.writeHead(405).end() : response.end(FIVE),
    );
    const client = prometheusClient({url: `${url}/prometheus?extra_label=team%3Dpay`});
    expect(await told(client)).toEqual(['ok', '5']);
    expect(asked.map(({path}) => path)).toEqual([
      '/prometheus/api/v1/query?extra_label=team%3Dpay',
      '/prometheus/api/v1/query?extra_label=team%3Dpay&query=5&timeout=3000ms',
    ]);
    expect(client.label).toBe(`${url}/prometheus`);
  });

  test.each(['?query=up', '?x=1&time=5', '#here'])('%s is refused', end => {
    expect(() => prometheusClient({url: `http://127.0.0.1:9090/${end}`})).toThrow(TypeError);
  });
});

describe('headers and a token', () => {
  test('are sent, and files are read again before each question', async () => {
    const {url, asked} = await stand();
    const path = join(folder(), 'token');
    writeFileSync(path, 'first\n');
    const client = prometheusClient({
      url,
      headers: {'X-Scope-OrgID': 'payments', 'X-Key': {from: 'file', path}},
      credentials: {kind: 'bearer', token: {from: 'file', path}},
    });
    await told(client);
    writeFileSync(path, 'second\n');
    await told(client);
    expect(
      asked.map(({headers}) => [headers['x-scope-orgid'], headers['x-key'], headers.authorization]),
    ).toEqual([
      ['payments', 'first', 'Bearer first'],
      ['payments', 'second', 'Bearer second'],
    ]);
    rmSync(path);
    expect(await told(client)).toEqual(['unauthorized', `${path} cannot be read (ENOENT)`]);
    // A pipe that no process writes into keeps no question waiting.
    execFileSync('mkfifo', [path]);
    expect(await told(client)).toEqual(['unauthorized', `${path} is not a plain file`]);
  });
});

describe('certificates', () => {
  test('a private authority and a certificate of one’s own are read from files, again before each question', async () => {
    using trusted = authority();
    using other = authority();
    const users: unknown[] = [];
    const server = createSecureServer(
      {...tlsOf(trusted.issue('server')), ca: readFileSync(trusted.ca, 'utf8'), requestCert: true},
      (request, response) => {
        users.push((request.socket as TLSSocket).getPeerCertificate().subject?.CN);
        response.end(FIVE);
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    expect((await told(prometheusClient({url})))[0]).toBe('unreachable');

    const at = folder();
    const [ca, cert, key] = ['ca', 'cert', 'key'].map(name => join(at, name)) as [string, string, string];
    const put = (name: string) => {
      const issued = trusted.issue(name);
      copyFileSync(issued.cert, cert);
      copyFileSync(issued.key, key);
    };
    copyFileSync(trusted.ca, ca);
    put('guard-1');
    const client = prometheusClient({url, tls: {ca, cert, key}});
    expect(await told(client)).toEqual(['ok', '5']);
    put('guard-2');
    expect(await told(client)).toEqual(['ok', '5']);
    expect(users).toEqual(['guard-1', 'guard-2']);
    copyFileSync(other.ca, ca);
    expect((await told(client))[0]).toBe('unreachable');
    writeFileSync(ca, 'nothing');
    expect(await told(client)).toEqual(['unauthorized', `${ca} holds no certificate or key in PEM form`]);

    // The same behind a proxy.
    copyFileSync(trusted.ca, ca);
    await using proxy = await forwardProxy({to: (server.address() as AddressInfo).port});
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const far = prometheusClient({url: 'https://prometheus.internal', tls: {ca, cert, key}});
    expect(await told(far)).toEqual(['ok', '5']);
    expect(proxy.asked).toEqual(['CONNECT prometheus.internal:443']);
    expect(users.at(-1)).toBe('guard-2');
  });
});

describe('a proxy of the environment', () => {
  test('is asked for what it is for, with its user, and not where NO_PROXY says so', async () => {
    const {url, port, asked} = await stand();
    await using proxy = await forwardProxy({to: port});
    vi.stubEnv('HTTP_PROXY', proxy.url.replace('//', '//deck:pa%20ss@'));
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    expect(await told(prometheusClient({url: 'http://prometheus.internal/x'}))).toEqual(['ok', '5']);
    expect(proxy.asked).toEqual(['POST http://prometheus.internal/x/api/v1/query']);
    expect(proxy.users).toEqual([`Basic ${Buffer.from('deck:pa ss').toString('base64')}`]);
    expect(await told(prometheusClient({url}))).toEqual(['ok', '5']);
    expect(proxy.asked).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  test('that refuses is named', async () => {
    await using proxy = await forwardProxy({refuse: () => 407});
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const why = 'the proxy wants a user and a password (407)';
    expect(await told(prometheusClient({url: 'http://prometheus.internal'}))).toEqual(['unreachable', why]);
    expect(await told(prometheusClient({url: 'https://prometheus.internal'}))).toEqual(['unreachable', why]);
    vi.stubEnv('HTTPS_PROXY', 'socks5://deck:hunter2@nowhere');
    expect(await told(prometheusClient({url: 'https://prometheus.internal'}))).toEqual([
      'unreachable',
      'HTTPS_PROXY is not the address of an HTTP proxy',
    ]);
  });
});
