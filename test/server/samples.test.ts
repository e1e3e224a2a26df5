import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {samplesWrittenShape} from '../../source/server/remote-schemas.ts';
import {errorShape} from '../../source/server/schemas.ts';
import {ODD_NAMES} from '../odd-names.ts';
import {eventually} from '../patience.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {openHouse, READ, SAMPLES, type House} from './house.ts';

const PATH = '/api/v1/canary/samples';
const GRAY = {side: 'gray', requests: 20, errors: 3, response_time: 87};
const PROD = {side: 'prod', requests: 80, errors: 0, response_time: 80};

async function send(
  house: House,
  body: unknown,
  headers: Record<string, string> = {},
  token: string | null = SAMPLES,
): Promise<Response> {
  return await house.ask(PATH, token, {
    method: 'POST',
    headers: {'content-type': 'application/json', ...headers},
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function stored(house: House): Promise<string[][]> {
  const entries: string[][] = [];
  await house.store
    .feature('pay')
    .samples.history(
      0,
      batch => entries.push(...batch.map(({fields}) => fields)),
      new AbortController().signal,
    );
  return entries;
}

const problemOf = async (answer: Response) => errorShape.strict().parse(await answer.json());

describe.each(['sqlite', 'redis'] as const)('samples by HTTP on %s', kind => {
  describe.skipIf(kind === 'redis' && redisMissing)('where a program sends them', () => {
    let redis: RedisServer | null = null;
    beforeAll(async () => {
      redis = kind === 'redis' ? await startRedis() : null;
    });
    afterAll(() => redis?.dispose());
    const open = async () => {
      await redis?.admin.flushall();
      return await openHouse({redis: redis?.url ?? null});
    };

    it('are counted like those of the stream', async () => {
      await using house = await open();
      const answer = await send(house, {samples: [GRAY, PROD]});
      expect(answer.status).toBe(202);
      expect(samplesWrittenShape.strict().parse(await answer.json())).toEqual({
        schema: 'graydeck.samples/1',
        feature: 'pay',
        written: 2,
      });
      await eventually(async () => {
        const status = await (await house.ask('/api/v1/canary/status')).json();
        expect(status).toMatchObject({
          percent: {observed: 20},
          sides: {gray: {requests: 20, errors: 3, errorRate: 15}, prod: {requests: 80}},
        });
      });
    });

    it('hold no id of a person, but the same hash for the same person', async () => {
      await using house = await open();
      const of = (person: string) => ({side: 'gray', requests: 1, person});
      await send(house, {samples: [of('liu@example.com'), of('liu@example.com'), of('wang')]});
      const people = (await stored(house)).map(fields => fields[fields.indexOf('person') + 1]);
      expect(people).toHaveLength(3);
      expect(people[0]).toMatch(/^[\w-]{22}$/u);
      expect(people[1]).toBe(people[0]);
      expect(people[2]).not.toBe(people[0]);
    });

    it('are written once under a key, whatever is repeated', async () => {
      await using house = await open();
      const key = {'idempotency-key': 'batch-1'};
      const answers = await Promise.all([1, 2, 3].map(() => send(house, {samples: [GRAY]}, key)));
      expect(answers.map(({status}) => status)).toEqual([202, 202, 202]);
      expect(await stored(house)).toHaveLength(1);
      const other = await send(house, {samples: [PROD]}, key);
      expect(other.status).toBe(422);
      expect(await problemOf(other)).toMatchObject({code: 'key-reused'});
      await send(house, {samples: [GRAY]}, {'idempotency-key': 'batch-2'});
      expect(await stored(house)).toHaveLength(2);
    });

    it('are all refused if one is wrong, and each wrong one is named', async () => {
      await using house = await open();
      const wrong = [
        {requests: 1},
        {side: 'grey', requests: 1},
        {side: 'gray'},
        {side: 'gray', requests: -1},
        {side: 'gray', requests: 1.5},
        {side: 'gray', requests: 'many'},
        {side: 'gray', requests: null},
        {side: 'gray', requests: [1]},
        {side: 'gray', requests: true},
        {side: 'gray', response_time: '~!!'},
        {side: 'gray', requests: 1, cohort: 'some'},
        {side: 'gray', requests: 1, seq: -1},
        'gray',
        null,
        [],
      ];
      const answer = await send(house, {samples: [GRAY, ...wrong]});
      expect(answer.status).toBe(422);
      const problem = await problemOf(answer);
      expect(problem.message).toBe('samples[1]: no side');
      expect(problem.mistakes?.map(({field}) => field)).toEqual(wrong.map((_, at) => `samples[${at + 1}]`));
      expect(await stored(house)).toEqual([]);
    });
  });
});

describe('samples by HTTP', () => {
  it.each([
    ['no JSON', '{"samples":', 400],
    ['a list', '[]', 422],
    ['no samples', {}, 422],
    ['an empty list', {samples: []}, 422],
    ['an object for samples', {samples: {}}, 422],
    ['a number for a feature', {feature: 1, samples: [GRAY]}, 422],
    ['an unknown feature', {feature: 'refunds', samples: [GRAY]}, 404],
    ['too many', {samples: Array.from({length: 1001}, () => GRAY)}, 422],
    ['too large', {samples: [{...GRAY, instance: 'x'.repeat(600_000)}]}, 413],
    [
      'fields without end',
      {samples: [Object.fromEntries([...Array(600).keys()].map(n => [`m${n}`, 1]))]},
      422,
    ],
  ])('that are %s are refused', async (_, body, status) => {
    await using house = await openHouse();
    const answer = await send(house, body);
    expect(answer.status).toBe(status);
    const {message, next} = await problemOf(answer);
    expect(message.length * next.length).toBeGreaterThan(0);
    expect(await stored(house)).toEqual([]);
  });

  it.each(ODD_NAMES)('may have a metric named %s', async name => {
    await using house = await openHouse();
    const answer = await send(house, `{"samples":[{"side":"gray","requests":1,"${name}":2}]}`);
    expect(answer.status).toBe(202);
    expect(await stored(house)).toEqual([['side', 'gray', 'requests', '1', name, '2']]);
  });

  it('need a token with the scope write, JSON, and a server that writes', async () => {
    await using house = await openHouse();
    expect((await send(house, {samples: [GRAY]}, {}, null)).status).toBe(401);
    expect((await send(house, {samples: [GRAY]}, {}, READ)).status).toBe(403);
    expect((await send(house, {samples: [GRAY]}, {'content-type': 'text/plain'})).status).toBe(415);
    await using reader = await openHouse({readOnly: true});
    const refused = await send(reader, {samples: [GRAY]});
    expect(refused.status).toBe(403);
    expect(await problemOf(refused)).toMatchObject({code: 'read-only'});
  });
});
