import {describe, expect, it} from 'vitest';
import {openRemoteController} from '../../source/remote/controller.ts';
import {ServerConnection} from '../../source/remote/connection.ts';
import {openRemoteStore} from '../../source/remote/view-store.ts';
import {eventually} from '../patience.ts';
import {openHouse, READ, WRITE, type House} from './house.ts';

const BY = {by: {name: 'liu', kind: 'person'}} as const;
/** The token of the house that may read and operate. */
const BOSS = `${READ}-3`;

async function raw(house: House, path: string, token = READ): Promise<unknown> {
  const answer = await house.ask(`/api/v1/raw/${path}`, token);
  expect(answer.status).toBe(200);
  return await answer.json();
}

/** A connection to the house by a token. */
function connectionTo({url}: House, token: string): ServerConnection {
  process.env['GRAYDECK_TEST_TOKEN'] = token;
  return new ServerConnection({url, token: {from: 'env', name: 'GRAYDECK_TEST_TOKEN'}});
}

describe('what a command line reads through a server', () => {
  it('hides ids, persons, words and the guard’s own token from a token that only reads', async () => {
    await using house = await openHouse();
    const feature = house.store.feature('pay');
    await house.controller.execute({type: 'deny', release: 'r-pay', user: 'u-secret'}, BY);
    await feature.samples.write([['side', 'gray', 'person', 'u-secret', 'requests', '1', 'errors', '0']]);
    await feature.feedback.write(
      JSON.stringify({type: 'bug', message: 'secret words', rating: 1, user: 'u-secret'}),
    );
    await feature.lease.hold('guard on ops-1', 'secret-token', 60_000);
    await eventually(async () => expect(await raw(house, 'log')).toMatchObject({head: {version: 2}}));
    const parts = ['features', 'state', 'log', 'feedback', 'outputs'];
    const texts = await Promise.all(parts.map(async part => JSON.stringify(await raw(house, part))));
    texts.push(await (await house.ask('/api/v1/raw/samples?since=0')).text());
    for (const text of texts) expect(text).not.toContain('secret');
    expect(texts.join('')).toContain('guard on ops-1');
    const full = await (await house.ask('/api/v1/raw/samples?since=0', BOSS)).text();
    expect(full).toContain('u-secret');
    expect(JSON.stringify(await raw(house, 'state', BOSS))).not.toContain('secret-token');
  });

  it('needs the scope read, and whole numbers', async () => {
    await using house = await openHouse();
    expect((await house.ask('/api/v1/raw/log', WRITE)).status).toBe(403);
    expect((await house.ask('/api/v1/raw/log', null)).status).toBe(401);
    for (const query of ['log?after=-1', 'log?after=x', 'rollups?kind=days', 'samples?since=1e9'])
      expect((await house.ask(`/api/v1/raw/${query}`)).status).toBe(400);
    expect((await house.ask('/api/v1/raw/log?feature=other')).status).toBe(404);
  });

  it('is the same log, with splits that a reader derives by itself', async () => {
    await using house = await openHouse();
    await house.controller.execute({type: 'deny', release: 'r-pay', user: 'u-1'}, BY);
    await house.controller.execute({type: 'include', release: 'r-pay', user: 'u-2'}, BY);
    const own = await house.store.feature('pay').log.read(0);
    const all = (await openRemoteStore(connectionTo(house, BOSS))).feature('pay').log;
    await eventually(async () => expect(await all.read(0)).toEqual(own));
    expect(await all.read(2)).toEqual(own.slice(2));
    const some = (await openRemoteStore(connectionTo(house, READ))).feature('pay').log;
    const shown = await some.read(0);
    expect(shown.map(({id}) => id)).toEqual(own.map(({id}) => id));
    expect(shown.at(-1)?.split).toMatchObject({live: true, percent: 5});
    expect(await some.read(1)).toEqual(shown.slice(1));
  });
});

describe('a controller behind a server', () => {
  it('sends a command once although its answer was lost', async () => {
    await using house = await openHouse();
    const server = connectionTo(house, BOSS);
    const store = await openRemoteStore(server);
    const {log} = store.feature('pay');
    const controller = openRemoteController(server, {feature: 'pay', log, now: () => store.now()});
    await controller.ready();
    const real = globalThis.fetch;
    let lost = 0;
    globalThis.fetch = async (...sent) => {
      const answer = await real(...sent);
      if (sent[1]?.method !== 'POST' || lost++ > 0) return answer;
      throw new TypeError('the connection was cut');
    };
    try {
      const alert = {type: 'alert', alert: 'a-1', level: 'info', message: 'once'} as const;
      expect(await controller.execute(alert, BY)).toMatchObject({kind: 'done', version: 2});
    } finally {
      globalThis.fetch = real;
    }
    expect(lost).toBe(2);
    expect(await house.store.feature('pay').log.read(0)).toHaveLength(2);
    const late = {type: 'set', release: 'r-pay', percent: 20, from: 7} as const;
    expect(await controller.execute(late, BY)).toMatchObject({
      kind: 'refused',
      refusal: {code: 'moved-on', facts: {percent: 5}},
    });
    const take = {type: 'take-guard'} as const;
    await expect(controller.execute(take, BY)).rejects.toMatchObject({code: 'store-no-rights'});
    expect(await controller.execute({type: 'rollback', release: 'r-pay'}, BY)).toMatchObject({
      kind: 'done',
      state: {release: {percent: 0}},
    });
    await controller.close();
  });
});
