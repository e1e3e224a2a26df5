import {describe, expect, it} from 'vitest';
import type {z} from 'zod';
import {
  acceptedShape,
  errorShape,
  healthShape,
  statsShape,
  statusShape,
} from '../../source/server/schemas.ts';
import {ODD_NAMES} from '../odd-names.ts';
import {openHouse, OPERATE, READ, WRITE} from './house.ts';

const BUG = {
  type: 'bug',
  message: 'the amount is empty',
  rating: 2,
  deployment_phase: 'beta',
  deployment_version: 'v1.1.0',
};
const STATS = '/api/v1/canary/feedback/stats?deployment_phase=beta';

/** The body, checked by the shape of the OpenAPI document. */
async function bodyOf<S extends z.ZodObject>(answer: Response, shape: S): Promise<z.infer<S>> {
  return shape.strict().parse(await answer.json()) as z.infer<S>;
}

describe('status by HTTP', () => {
  it('is the document of status --json, field for field', async () => {
    await using house = await openHouse();
    const answer = await house.ask('/api/v1/canary/status?feature=pay');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await bodyOf(answer, statusShape)).toMatchObject({
      feature: 'pay',
      version: 'v1.1.0',
      state: 'rolling',
      percent: {set: 5, applied: null},
      sides: {gray: {requests: null}},
    });
  });

  it('shows a change as soon as it is in the log', async () => {
    await using house = await openHouse();
    await house.ask('/api/v1/canary/status');
    await house.controller.execute({type: 'rollback', release: 'r-pay'}, {by: {name: 'liu', kind: 'person'}});
    await expect
      .poll(async () => (await bodyOf(await house.ask('/api/v1/canary/status'), statusShape)).percent.set)
      .toBe(0);
  });

  it('needs the feature if there are two, and refuses an unknown one', async () => {
    await using house = await openHouse({features: ['pay', 'refunds']});
    const answer = await house.ask('/api/v1/canary/status');
    expect(answer.status).toBe(400);
    expect(await bodyOf(answer, errorShape)).toMatchObject({code: 'which-feature', next: '?feature=NAME'});
    expect((await house.ask('/api/v1/canary/status?feature=refunds')).status).toBe(200);
    expect((await house.ask('/api/v1/canary/status?feature=../../etc')).status).toBe(404);
  });
});

describe.each(ODD_NAMES)('the name %s by HTTP', name => {
  it('is an unknown feature, an unknown parameter and a refused field', async () => {
    await using house = await openHouse();
    expect((await house.ask(`/api/v1/canary/status?feature=${name}`)).status).toBe(404);
    expect((await house.ask(`/api/v1/canary/status?${name}=1`)).status).toBe(200);
    expect((await house.ask(`/api/v1/canary/${name}`)).status).toBe(404);
    expect((await house.say({...BUG, type: name})).status).toBe(400);
    expect((await house.say({...BUG, user_id: name, deployment_phase: name})).status).toBe(201);
    const stats = await house.ask(`/api/v1/canary/feedback/stats?deployment_phase=${name}`);
    expect(await bodyOf(stats, statsShape)).toMatchObject({count: 1});
  });
});

describe('feedback by HTTP', () => {
  it('is stored and counted by phase', async () => {
    await using house = await openHouse();
    const answer = await house.say({...BUG, user_id: 1001});
    expect(answer.status).toBe(201);
    expect(await bodyOf(answer, acceptedShape)).toMatchObject({feature: 'pay', type: 'bug', rating: 2});
    await house.say({...BUG, type: 'experience', rating: 5, feature: 'pay'});
    await house.say({...BUG, deployment_phase: 'alpha'});
    const stats = await bodyOf(await house.ask(STATS), statsShape);
    expect(stats).toMatchObject({
      count: 2,
      rating: 3.5,
      types: {bug: 1, experience: 1},
      groups: [{deployment_phase: 'beta', deployment_version: 'v1.1.0', count: 2}],
    });
    const [entry] = await house.store.feature('pay').feedback.read(0);
    expect(JSON.parse(entry!.text)).toEqual({...BUG, user_id: '1001'});
  });

  it('with markup and control characters is stored unchanged', async () => {
    await using house = await openHouse();
    const message = '<img src=x onerror=alert(1)>\u001B[2J\u202E\u0000 慢';
    expect((await house.say({...BUG, message})).status).toBe(201);
    const [entry] = await house.store.feature('pay').feedback.read(0);
    expect((JSON.parse(entry!.text) as {message: string}).message).toBe(message);
  });

  it.each([
    ['no JSON', '{"type":', 'the body is no JSON', []],
    ['a list', '[]', '', ['']],
    ['nothing', '{}', '', ['type', 'message', 'rating', 'deployment_phase', 'deployment_version']],
    ['an unknown type', {...BUG, type: 'praise'}, 'type: ', ['type']],
    ['an empty message', {...BUG, message: ' '}, 'message: ', ['message']],
    ['a message that is too long', {...BUG, message: 'x'.repeat(4001)}, 'message: ', ['message']],
    ['a rating of 6', {...BUG, rating: 6}, 'rating: ', ['rating']],
    ['a rating of 4.5', {...BUG, rating: 4.5}, 'rating: ', ['rating']],
    ['a rating that is a text', {...BUG, rating: '5'}, 'rating: ', ['rating']],
    ['an object for a phase', {...BUG, deployment_phase: {}}, 'deployment_phase: ', ['deployment_phase']],
    ['a list for a user', {...BUG, user_id: []}, 'user_id: ', ['user_id']],
  ])('that is %s is refused with the field and its mistake', async (_, body, message, fields) => {
    await using house = await openHouse();
    const answer = await house.say(body);
    expect(answer.status).toBe(400);
    const problem = await bodyOf(answer, errorShape);
    expect(problem.code).toBe('bad-input');
    expect(problem.message).toContain(message);
    expect((problem.mistakes ?? []).map(({field}) => field)).toEqual(fields);
    expect(await house.store.feature('pay').feedback.read(0)).toEqual([]);
  });

  it('of a megabyte is refused, with and without a content length', async () => {
    await using house = await openHouse();
    const body = JSON.stringify({...BUG, message: 'x'.repeat(1_000_000)});
    expect((await house.say(body)).status).toBe(413);
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('x'.repeat(65_536)));
      },
    });
    const endless = house.ask('/api/v1/canary/feedback', WRITE, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: stream,
      duplex: 'half',
    });
    // The connection is closed while the client still sends. Whether the client sees the answer depends on
    // the client.
    expect(await endless.then(({status}) => status).catch(() => 413)).toBe(413);
    expect((await house.ask('/api/v1/canary/status')).status).toBe(200);
  });

  it('that is no JSON is refused', async () => {
    await using house = await openHouse();
    const form = {'content-type': 'application/x-www-form-urlencoded'};
    expect((await house.say('type=bug', WRITE, form)).status).toBe(415);
  });

  it('is refused by a read-only server', async () => {
    await using house = await openHouse({readOnly: true});
    const answer = await house.say(BUG);
    expect(answer.status).toBe(403);
    expect(await bodyOf(answer, errorShape)).toMatchObject({code: 'read-only'});
  });

  it('in a flood from one address is limited, and delays no other client', async () => {
    await using house = await openHouse();
    const answers = await Promise.all(Array.from({length: 200}, () => house.say(BUG)));
    expect(answers.filter(({status}) => status === 201).length).toBeGreaterThanOrEqual(60);
    const slowed = answers.filter(({status}) => status === 429);
    expect(slowed.length).toBeGreaterThan(10);
    for (const {headers} of slowed) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await house.say(BUG, `${READ}-2`)).status).toBe(201);
    expect((await house.ask(STATS)).status).toBe(200);
  });
});

describe('a client', () => {
  it.each([
    ['/api/v1/canary/status', 'GET'],
    ['/api/v1/canary/events', 'GET'],
    ['/api/v1/canary/feedback/stats', 'GET'],
    ['/api/v1/canary/feedback', 'POST'],
    ['/api/v1/openapi.json', 'GET'],
    ['/api/v1/none', 'GET'],
  ])('needs a token at %s', async (path, method) => {
    await using house = await openHouse();
    for (const token of [null, 'wrong-token-of-twenty', READ.slice(0, -1)]) {
      const answer = await house.ask(path, token, {method});
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      expect(JSON.stringify(await bodyOf(answer, errorShape))).not.toContain('wrong-token');
    }
  });

  it('needs the scope: a feedback token cannot read, a read token cannot write', async () => {
    await using house = await openHouse();
    for (const [path, token] of [
      ['/api/v1/canary/status', WRITE],
      ['/api/v1/canary/events', WRITE],
      [STATS, WRITE],
      ['/api/v1/canary/status', OPERATE],
    ] as const) {
      const answer = await house.ask(path, token);
      expect(answer.status).toBe(403);
      expect(await bodyOf(answer, errorShape)).toMatchObject({code: 'no-scope'});
    }
    expect((await house.say(BUG, READ)).status).toBe(403);
    expect((await house.say(BUG, OPERATE)).status).toBe(403);
  });

  it('that tries tokens is limited by address, and clients with a token are not', async () => {
    await using house = await openHouse();
    const codes: number[] = [];
    for (let n = 0; n < 40; n++)
      codes.push((await house.ask('/api/v1/canary/status', `guess-number-${n}-of-many`)).status);
    expect(codes.slice(0, 30)).toEqual(Array.from({length: 30}, () => 401));
    expect(codes).toContain(429);
    expect((await house.ask('/api/v1/canary/status')).status).toBe(200);
  });

  it('of a page is checked by its origin', async () => {
    await using house = await openHouse();
    const preflight = async (origin: string) =>
      await house.ask('/api/v1/canary/feedback', null, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    const stranger = await preflight('https://evil.example.com');
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    const said = await house.say(BUG, WRITE, {origin: 'https://app.example.com'});
    expect(said.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const theirs = await house.say(BUG, WRITE, {origin: 'https://evil.example.com'});
    expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the other paths', () => {
  it('health reports the store without a token', async () => {
    await using house = await openHouse();
    const answer = await house.ask('/healthz', null);
    expect(answer.status).toBe(200);
    expect(await bodyOf(answer, healthShape)).toEqual({
      schema: 'graydeck.health/1',
      state: 'up',
      features: 1,
    });
  });

  it('are limited by address, which limits no client with a token', async () => {
    await using house = await openHouse();
    const answers = await Promise.all(Array.from({length: 400}, () => house.ask('/healthz', null)));
    const codes = answers.map(({status}) => status);
    expect(codes.filter(code => code === 200).length).toBeGreaterThanOrEqual(100);
    expect(codes).toContain(429);
    expect((await house.ask('/api/v1/canary/status')).status).toBe(200);
  });

  it('an unknown path is 404, another method 405', async () => {
    await using house = await openHouse();
    expect((await house.ask('/nothing', null)).status).toBe(404);
    expect((await house.ask('/api/v1/canary')).status).toBe(404);
    const answer = await house.ask('/api/v1/canary/status', READ, {method: 'DELETE'});
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET');
  });

  it('metrics hold the release, feedback, and this server', async () => {
    await using house = await openHouse();
    await house.say(BUG);
    await house.say({...BUG, deployment_version: 'v9"} evil{x="'});
    await house.ask('/api/v1/canary/nothing-like-this');
    const text = await (await house.ask('/metrics', null)).text();
    for (const line of [
      'graydeck_release_state{feature="pay",state="rolling"} 1',
      'graydeck_release_percent{feature="pay",kind="set"} 5',
      'graydeck_release_info{feature="pay",release="r-pay",version="v1.1.0",over="v1.0.9"} 1',
      'graydeck_verdict{feature="pay",action="rollback"} 0',
      'graydeck_alerts_open{feature="pay",level="critical",acknowledged="no"} 0',
      'graydeck_feedback{feature="pay",type="bug"} 2',
      'graydeck_feedback_rating{feature="pay",version="v1.1.0"} 2',
      'graydeck_http_requests_total{route="other",status="404"} 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toMatch(/evil|graydeck_.* NaN|token/u);
    // No router has reported: the metric is absent, not 0.
    expect(text).not.toMatch(/^graydeck_error_ratio\{/mu);
  });

  it('metrics hold the evidence once there is traffic', async () => {
    await using house = await openHouse();
    const {samples} = house.store.feature('pay');
    const batch = (side: string, requests: number) => [
      'side',
      side,
      'requests',
      String(requests),
      'errors',
      '0',
    ];
    const timer = setInterval(() => void samples.write([batch('prod', 200), batch('gray', 20)]), 200);
    try {
      const text = async () => await (await house.ask('/metrics', null)).text();
      await expect
        .poll(text, {interval: 250})
        .toMatch(/^graydeck_evidence\{feature="pay",metric="error_rate"\} -?[\d.e-]+$/mu);
      expect(await text()).toMatch(/^graydeck_evidence_limit\{feature="pay"\} (?:2|1\.9{5,}\d*)$/mu);
      await expect.poll(text).toMatch(/^graydeck_error_ratio\{feature="pay",side="gray"\} 0$/mu);
    } finally {
      clearInterval(timer);
    }
  });
});
