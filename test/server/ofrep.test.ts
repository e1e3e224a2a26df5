import {afterAll, beforeAll, describe, expect, it, test, vi} from 'vitest';
import type {z} from 'zod';
import {FLAG_REASONS} from '../../source/audience/decide.ts';
import {flagShape, flagsShape} from '../../source/server/remote-schemas.ts';
import {CASES, NOW, splitNamed} from '../audience/conformance.ts';
import {ODD_NAMES} from '../odd-names.ts';
import {eventually} from '../patience.ts';
import {appendNext} from '../store/commits.ts';
import {EVALUATE, openHouse, ORIGIN, READ, type House} from './house.ts';
import {EventStream} from './stream.ts';

const FLAGS = '/ofrep/v1/evaluate/flags';
const USER = {context: {targetingKey: 'u-1'}};
const BY = {by: {name: 'liu', kind: 'person'}} as const;

type Flag = z.infer<typeof flagShape>;
type Bulk = z.infer<typeof flagsShape>;

const flagOf = async (answer: Response): Promise<Flag> => flagShape.strict().parse(await answer.json());
const flagsOf = async (answer: Response): Promise<Bulk> => flagsShape.strict().parse(await answer.json());

async function evaluate(
  house: House,
  path: string,
  body: unknown = USER,
  headers: Record<string, string> = {},
  token: string | null = EVALUATE,
): Promise<Response> {
  return await house.ask(path, token, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headers},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('every case of the conformance file', () => {
  // By OFREP a client sends a user and attributes: no header, cookie or address, and nothing that only code knows.
  const cases = CASES.filter(
    ({headers, cookies, standing = 'fresh', registers, user}) =>
      headers === undefined &&
      cookies === undefined &&
      standing === 'fresh' &&
      registers !== true &&
      user.id !== undefined &&
      user.id !== null &&
      user.id !== '',
  );
  let house: House;
  beforeAll(async () => {
    vi.useFakeTimers({toFake: ['Date'], now: NOW});
    house = await openHouse({features: [], splits: [...new Set(cases.map(({split}) => split))]});
  });
  afterAll(async () => {
    await house[Symbol.asyncDispose]();
    vi.useRealTimers();
  });

  test('gets its side, reason and cohort by OFREP', async () => {
    const wrong: string[] = [];
    for (const {name, split, user, expect: wanted} of cases) {
      const {id, ...attributes} = user;
      const answer = await evaluate(house, `${FLAGS}/${split}`, {context: {...attributes, targetingKey: id}});
      const {value, variant, reason, metadata} = await flagOf(answer);
      const said = {side: variant, reason: metadata.reason, cohort: metadata.cohort};
      const isRight =
        JSON.stringify(said) === JSON.stringify(wanted) &&
        value === (variant === 'gray') &&
        reason === FLAG_REASONS[wanted.reason as keyof typeof FLAG_REASONS];
      if (!isRight) wrong.push(`${split}: ${name}: ${JSON.stringify(said)}`);
    }
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThan(60);
  });
});

describe('one flag by OFREP', () => {
  it('is whether the user gets gray, with side, reason and the version of the log', async () => {
    await using house = await openHouse({features: [], splits: ['lists']});
    const answer = await evaluate(house, `${FLAGS}/lists`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toEqual({
      key: 'lists',
      value: true,
      variant: 'gray',
      reason: 'TARGETING_MATCH',
      metadata: {reason: 'included', cohort: 'chosen', version: 1, release: 'r-2'},
    });
  });

  it.each([
    ['no JSON', '{"context":', 400, 'PARSE_ERROR'],
    ['nothing', '', 400, 'PARSE_ERROR'],
    ['a list', '[]', 400, 'PARSE_ERROR'],
    ['a text for the context', {context: 'u-1'}, 400, 'INVALID_CONTEXT'],
    ['a list for the context', {context: []}, 400, 'INVALID_CONTEXT'],
    ['null for the context', {context: null}, 400, 'INVALID_CONTEXT'],
    ['an object for the key', {context: {targetingKey: {}}}, 400, 'INVALID_CONTEXT'],
    ['no context', {}, 400, 'TARGETING_KEY_MISSING'],
    ['no key', {context: {country: 'CN'}}, 400, 'TARGETING_KEY_MISSING'],
    ['an empty key', {context: {targetingKey: ''}}, 400, 'TARGETING_KEY_MISSING'],
    ['a body that is too large', {context: {targetingKey: 'x'.repeat(70_000)}}, 413, 'GENERAL'],
  ])('is refused for a body that is %s', async (_, body, status, errorCode) => {
    await using house = await openHouse();
    const answer = await evaluate(house, `${FLAGS}/pay`, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      key: 'pay',
      errorCode,
      errorDetails: expect.stringMatching(/\w{3}/u) as string,
    });
  });

  it('needs no targeting key but the attribute that the release goes by', async () => {
    await using house = await openHouse({features: [], splits: ['by-tenant']});
    const of = async (context: object) => (await evaluate(house, `${FLAGS}/by-tenant`, {context})).status;
    expect(await of({region: 'acme'})).toBe(200);
    expect(await of({targetingKey: 'u-1'})).toBe(200);
    expect(await of({})).toBe(400);
  });

  it.each(['unknown', 'No%20Such%20Name', '..%2F..%2Fetc', ...ODD_NAMES])(
    'is not found by the name %s',
    async name => {
      await using house = await openHouse();
      const answer = await evaluate(house, `${FLAGS}/${name}`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({
        key: decodeURIComponent(name),
        errorCode: 'FLAG_NOT_FOUND',
      });
    },
  );

  it.each(ODD_NAMES)('takes an attribute named %s', async name => {
    await using house = await openHouse();
    const body = `{"context":{"targetingKey":"u-1","${name}":{"a":[1]}}}`;
    expect((await evaluate(house, `${FLAGS}/pay`, body)).status).toBe(200);
  });

  it('needs a token with the scope evaluate, as Bearer or X-API-Key', async () => {
    await using house = await openHouse();
    const without = await evaluate(house, `${FLAGS}/pay`, USER, {}, null);
    expect(without.status).toBe(401);
    expect(without.headers.get('www-authenticate')).toBe('Bearer');
    expect(await without.json()).toMatchObject({key: 'pay', errorCode: 'GENERAL'});
    const other = await evaluate(house, `${FLAGS}/pay`, USER, {}, READ);
    expect(other.status).toBe(403);
    expect(await other.json()).toMatchObject({
      errorCode: 'GENERAL',
      errorDetails: expect.stringContaining('evaluate') as string,
    });
    const key = {'x-api-key': EVALUATE};
    expect((await evaluate(house, `${FLAGS}/pay`, USER, key, null)).status).toBe(200);
    expect((await house.ask('/api/v1/canary/status', EVALUATE)).status).toBe(403);
  });

  it('is limited in rate before the token is known, with the time to wait', async () => {
    await using house = await openHouse();
    const tries = Array.from({length: 40}, () => evaluate(house, `${FLAGS}/pay`, USER, {}, 'guess'));
    const limited = (await Promise.all(tries)).find(({status}) => status === 429);
    expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await limited?.json()).toMatchObject({errorCode: 'GENERAL'});
  });

  it('is refused by a server that is read-only, because a router reports', async () => {
    await using house = await openHouse({readOnly: true});
    const answer = await evaluate(house, `${FLAGS}/pay`);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({errorDetails: expect.stringContaining('read-only') as string});
  });

  it('takes POST only', async () => {
    await using house = await openHouse();
    const answer = await house.ask(`${FLAGS}/pay`, EVALUATE);
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });
});

describe('all flags by OFREP', () => {
  it('are those of every feature, and not sent again while nothing has changed', async () => {
    await using house = await openHouse({features: ['pay', 'refunds'], splits: ['lists']});
    const first = await evaluate(house, FLAGS);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/u);
    const {flags} = await flagsOf(first);
    expect(flags.map(({key}) => key)).toEqual(['lists', 'pay', 'refunds']);
    for (const named of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await evaluate(house, FLAGS, USER, {'if-none-match': named});
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    }
    // An alert is a commit, and changes no decision.
    await house.controller.execute({type: 'alert', alert: 'a-1', level: 'info', message: 'hello'}, BY);
    await house.controller.execute({type: 'rollback', release: 'r-pay'}, BY);
    await eventually(async () => {
      const changed = await evaluate(house, FLAGS, USER, {'if-none-match': etag});
      expect(changed.status).toBe(200);
      const pay = (await flagsOf(changed)).flags.find(({key}) => key === 'pay');
      expect(pay).toMatchObject({value: false, variant: 'prod', reason: 'DISABLED'});
    });
  });

  it('are a list of errors without a targeting key, and one error for a body that cannot be read', async () => {
    await using house = await openHouse();
    const anonymous = await evaluate(house, FLAGS, {});
    expect(anonymous.status).toBe(200);
    expect((await flagsOf(anonymous)).flags).toMatchObject([
      {key: 'pay', errorCode: 'TARGETING_KEY_MISSING'},
    ]);
    const broken = await evaluate(house, FLAGS, 'no JSON');
    expect(broken.status).toBe(400);
    expect(await broken.json()).toEqual({
      errorCode: 'PARSE_ERROR',
      errorDetails: expect.any(String) as string,
    });
  });

  it('keep their version while commits change no decision', async () => {
    await using house = await openHouse();
    const etagOf = async () => (await evaluate(house, FLAGS)).headers.get('etag');
    const before = await etagOf();
    await house.controller.execute({type: 'alert', alert: 'a-1', level: 'info', message: 'hello'}, BY);
    await eventually(async () => {
      const {change} = (await (await house.ask('/api/v1/canary/status')).json()) as {
        change: {version: number};
      };
      expect(change.version).toBe(2);
    });
    expect(await etagOf()).toBe(before);
  });
});

describe('the stream of changes', () => {
  async function pathOf(house: House): Promise<string> {
    const {eventStreams} = await flagsOf(await evaluate(house, FLAGS));
    expect(eventStreams).toMatchObject([{type: 'sse', inactivityDelaySec: 120}]);
    return eventStreams[0]!.endpoint.requestUri;
  }

  it('asks for another evaluation at once, after each change, and not if nothing was missed', async () => {
    await using house = await openHouse({features: [], splits: ['half']});
    const path = await pathOf(house);
    expect(path).not.toContain(EVALUATE);
    await using stream = await EventStream.open(house.url + path, {});
    const [first] = await stream.until(1);
    expect(first).toMatchObject({event: 'message', data: {type: 'refetchEvaluation'}});
    await using again = await EventStream.open(house.url + path, {'last-event-id': first!.id ?? ''});
    await appendNext(house.store.feature('half'), {split: splitNamed('everyone')});
    const [, second] = await stream.until(2);
    expect(second!.id).not.toBe(first!.id);
    // The client that had missed nothing hears of the change alone.
    expect(await again.until(1)).toMatchObject([{id: second!.id}]);
  });

  it('needs the ticket of an evaluation', async () => {
    await using house = await openHouse();
    const path = await pathOf(house);
    for (const wrong of ['/ofrep/v1/events', `${path}x`, path.replace('app', 'ops')]) {
      const answer = await house.ask(wrong, null);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({errorCode: 'GENERAL'});
    }
  });
});

describe('pages of other origins', () => {
  it('may ask if the origin is listed, and not otherwise', async () => {
    await using house = await openHouse();
    const preflight = (origin: string) =>
      house.ask(FLAGS, null, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,if-none-match',
        },
      });
    const allowed = await preflight(ORIGIN);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('if-none-match');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await evaluate(house, FLAGS, USER, {origin: ORIGIN});
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-expose-headers')).toContain('etag');
  });
});

describe('a server that evaluates is a router', () => {
  it('reports the percent that it applies, and how it routed', async () => {
    await using house = await openHouse({features: [], splits: ['half']});
    const status = async () =>
      (await (await house.ask('/api/v1/canary/status')).json()) as {
        percent: {applied: number | null; observed: number | null};
        routers: {live: number};
      };
    await eventually(async () =>
      expect(await status()).toMatchObject({percent: {applied: 50, observed: null}, routers: {live: 1}}),
    );
    for (let user = 0; user < 200; user++)
      await evaluate(house, `${FLAGS}/half`, {context: {targetingKey: `u-${user}`}});
    await eventually(async () => {
      const {observed} = (await status()).percent;
      expect(observed).toBeGreaterThan(35);
      expect(observed).toBeLessThan(65);
    });
  });
});
