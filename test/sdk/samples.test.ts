import {createServer, request as ask, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {Hono, type Context} from 'hono';
import {Registry} from 'prom-client';
import {afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {errorName, type Decision, type Feature} from '../../source/sdk/index.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import type {SampleEntry} from '../../source/store/port.ts';
import {redisMissing} from '../servers/redis.ts';
import {EARLY, FEATURE, FORCED, METRICS, Scene, until} from './scene.ts';

type Env = {Variables: {gray: Decision}};

describe.skipIf(redisMissing)('samples of an application, on a real Redis', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.clear());
  afterAll(() => scene.close());

  async function ready(): Promise<Feature> {
    const pay = (await scene.connect()).feature(FEATURE);
    expect(await pay.ready()).toBe(true);
    return pay;
  }

  /** Reads the stream as a reader does. */
  async function read(): Promise<{windows: Windows; entries: SampleEntry[]}> {
    const windows = new Windows();
    const parser = new SampleParser(windows.table);
    const sample = new Sample();
    const entries: SampleEntry[] = [];
    await scene.feature.samples.history(0, batch => entries.push(...batch), new AbortController().signal);
    for (const {fields, at} of entries) {
      expect(parser.parse(fields, at, sample)).toBeNull();
      windows.add(sample, at);
    }
    return {windows, entries};
  }
  const numbers = async (side: 'prod' | 'gray', cohort: 'eligible' | 'chosen') => {
    const {windows} = await read();
    const now = Date.now();
    return windows.numbers(side, {from: now - 60_000, to: now + 5000}, cohort);
  };
  const requestsOf = (entries: SampleEntry[]) =>
    entries.reduce((sum, {fields}) => sum + Number(fields[fields.indexOf('requests') + 1]), 0);

  test('arrive by side and cohort, in few entries, with users as sketches', async () => {
    await scene.put('ten-percent');
    const pay = await ready();
    for (let n = 0; n < 3000; n++) {
      const user = {id: `u-${n}`};
      pay.record(pay.decide(user), {
        requests: 1,
        errors: 0,
        response_time: 50 + (n % 100),
        user: user.id,
        uses: ['pay'],
      });
    }
    pay.record(pay.decide(EARLY, FORCED), {requests: 1, errors: 1});
    await until(async () => expect(requestsOf((await read()).entries)).toBe(3001));
    const {entries} = await read();
    expect(entries.length).toBeLessThanOrEqual(6);
    expect(await numbers('gray', 'chosen')).toMatchObject({requests: 1, errors: 1});
    const {requests, activeUsers, counters, responseTime} = await numbers('prod', 'eligible');
    expect(requests).toBeGreaterThan(2500);
    expect(activeUsers! / requests).toBeCloseTo(1, 1);
    expect(counters['uses.pay']).toBe(requests);
    expect(responseTime.p50).toBeGreaterThan(95);
  });

  test('count once after a lost reply, and none are lost while the store is away', async () => {
    await scene.put('half');
    const pay = await ready();
    scene.proxy.loseAnswerTo('XADD');
    pay.record(pay.decide(EARLY), {requests: 7});
    await until(async () => expect(await scene.redis.admin.xlen(METRICS)).toBe(2));
    expect((await numbers('gray', 'eligible')).requests).toBe(7);
    await scene.proxy.refuse();
    for (let n = 0; n < 5; n++) pay.record(pay.decide(EARLY), {requests: 1});
    await until(() => expect(pay.health().away).not.toBeNull());
    await scene.proxy.accept();
    await until(async () => expect((await numbers('gray', 'eligible')).requests).toBe(12));
    expect(pay.health().dropped).toEqual({entries: 0, requests: 0, values: 0, calls: 0});
  });

  test('recorded right before close are sent', async () => {
    await scene.put('half');
    const deck = await scene.connect();
    const pay = deck.feature(FEATURE);
    await pay.ready();
    pay.record(pay.decide(EARLY), {requests: 3});
    await deck.close();
    expect((await numbers('gray', 'eligible')).requests).toBe(3);
  });

  test('of the plain middleware hold requests, 5xx, thrown errors and aborted requests', async () => {
    await scene.put('lists');
    const pay = await ready();
    const use = pay.middleware({user: (request: IncomingMessage) => request.headers['x-user'] as string});
    const decided: (Decision | undefined)[] = [];
    const mistake = new Error('no');
    const thrown = errorName(mistake);
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      decided.push(pay.decisionOf(request));
      if (request.url === '/throws') throw mistake;
      if (request.url === '/hangs') return;
      response.writeHead(request.url === '/fails' ? 503 : 200).end();
    };
    const server = createServer((request, response) => {
      try {
        use(request, response, () => handle(request, response));
      } catch {
        response.writeHead(500).end();
      }
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const {port} = server.address() as AddressInfo;
    const get = (path: string, headers: Record<string, string>, abort = false) =>
      new Promise<number>(resolve => {
        const asked = ask({port, path, headers, host: '127.0.0.1'}, response => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
        });
        asked.once('error', () => resolve(0));
        asked.end();
        if (abort) setTimeout(() => asked.destroy(), 50);
      });
    const gray = {'x-user': 'u-1'};
    expect(await get('/', gray)).toBe(200);
    expect(await get('/fails', gray)).toBe(503);
    expect(await get('/throws', gray)).toBe(500);
    expect(await get('/hangs', gray, true)).toBe(0);
    expect(await get('/', {'x-user': 'u-4'})).toBe(200);
    expect(await get('/', {cookie: 'gray_release=true'})).toBe(200);
    await until(async () => expect(await numbers('gray', 'chosen')).toMatchObject({requests: 5, errors: 3}));
    expect(await numbers('gray', 'chosen')).toMatchObject({counters: {[thrown]: 1}});
    expect(await numbers('prod', 'eligible')).toMatchObject({requests: 1, errors: 0});
    expect(decided.map(decision => decision?.reason)).toEqual([
      'included',
      'included',
      'included',
      'included',
      'percent',
      'forced',
    ]);
  });

  test('name what a route has thrown though the framework caught it', async () => {
    await scene.put('lists');
    const pay = await ready();
    const mistake = new TypeError('total is not a function');
    type Layer = (
      request: IncomingMessage,
      response: ServerResponse,
      next: (error?: unknown) => unknown,
    ) => unknown;
    type ErrorLayer = (error: unknown, ...rest: Parameters<Layer>) => unknown;
    const layers: (Layer | ErrorLayer)[] = [
      pay.middleware({user: () => 'u-1'}),
      ({url}: IncomingMessage, response: ServerResponse) => {
        if (url === '/throws') throw mistake;
        if (url === '/unknown') throw new RangeError('no such page');
        response.end();
      },
      pay.errors(),
    ];
    // As connect and express go on: what a layer throws goes to the next layer of four parameters, at last to a page.
    const server = createServer((request, response) => {
      const goOn = (at: number, error: unknown): unknown => {
        const layer = layers[at];
        if (layer === undefined) return response.writeHead(error instanceof RangeError ? 404 : 500).end();
        const next = (more?: unknown) => goOn(at + 1, more);
        if ((layer.length === 4) !== (error !== undefined)) return goOn(at + 1, error);
        try {
          return layer.length === 4
            ? (layer as ErrorLayer)(error, request, response, next)
            : (layer as Layer)(request, response, next);
        } catch (thrown) {
          return next(thrown);
        }
      };
      goOn(0, undefined);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const {port} = server.address() as AddressInfo;
    for (const path of ['/', '/throws', '/throws', '/unknown'])
      await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    await until(async () => expect(await numbers('gray', 'chosen')).toMatchObject({requests: 4, errors: 2}));
    expect((await numbers('gray', 'chosen')).counters).toEqual({[errorName(mistake)]: 2});
  });

  test('of the hono middleware hold the same', async () => {
    await scene.put('lists');
    const pay = await ready();
    const app = new Hono<Env>();
    app.use(pay.hono<Context<Env>>({user: c => c.req.header('x-user')}));
    app.get('/', c => c.text(c.get('gray').side));
    app.get('/fails', c => c.text('', 502));
    const mistake = new Error('no');
    app.get('/throws', () => {
      throw mistake;
    });
    app.onError((_, c) => c.text('', 500));
    const gray = {headers: {'x-user': 'u-1'}};
    expect(await (await app.request('/', gray)).text()).toBe('gray');
    expect(await (await app.request('/', {headers: {'x-user': 'u-3'}})).text()).toBe('prod');
    expect((await app.request('/fails', gray)).status).toBe(502);
    expect((await app.request('/throws', gray)).status).toBe(500);
    await until(async () => expect(await numbers('gray', 'chosen')).toMatchObject({requests: 3, errors: 2}));
    expect(await numbers('gray', 'chosen')).toMatchObject({counters: {[errorName(mistake)]: 1}});
  });

  test('appear by side in a registry of prom-client', async () => {
    await scene.put('lists');
    const registry = new Registry();
    const pay = (await scene.connect({registry})).feature(FEATURE);
    await pay.ready();
    pay.record(pay.decide({id: 'u-1'}), {requests: 2, errors: 1, response_time: 90});
    await until(async () =>
      expect(await registry.metrics()).toContain(
        `graydeck_requests_total{feature="${FEATURE}",side="gray",cohort="chosen"} 2`,
      ),
    );
    const text = await registry.metrics();
    expect(text).toContain(
      `graydeck_response_time_milliseconds_bucket{le="100",feature="${FEATURE}",side="gray",cohort="chosen"} 1`,
    );
    expect(text).toContain(`graydeck_split_version{feature="${FEATURE}"} 1`);
    expect(text).toContain(`graydeck_live{feature="${FEATURE}"} 0`);
  });

  test('the decision log has one line for each decision, with any characters in an id', async () => {
    await scene.put('lists');
    const lines: string[] = [];
    const pay = (await scene.connect()).feature(FEATURE, {decisionLog: line => lines.push(line)});
    await pay.ready();
    pay.decide({id: 'u-1'}, {address: '203.0.113.7'});
    pay.decide({id: `u\n\u001B[2J${'x'.repeat(500)}`});
    const sent = Buffer.from('用户43').toString('latin1');
    pay.decide({id: sent}, {headers: {'x-user-id': sent}});
    expect(lines[2]).toContain('User: 用户43,');
    expect(lines[0]).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] Gray Routing - User: u-1, Feature: new_payment, Gray: YES, IP: 203\.0\.113\.7, Reason: included, Split: 1$/u,
    );
    expect(lines[1]).toMatch(/User: u\[2Jx{94}…, Feature: new_payment, Gray: NO, IP: unknown/u);
  });

  test('route() chooses the value of the side, else the fallback', async () => {
    await scene.put('lists');
    const pay = await ready();
    const both = pay.route({gray: 'new', prod: 'old'}, 'none');
    expect([both({id: 'u-1'}), both({id: 'u-3'}), both({id: 'u-3'}, FORCED)]).toEqual(['new', 'old', 'new']);
    expect(pay.route<string>({gray: 'new'}, 'old')({id: 'u-3'})).toBe('old');
  });
});
