import {connect} from 'node:net';
import {DatabaseSync} from 'node:sqlite';
import {describe, expect, it} from 'vitest';
import {openHouse, READ, type House} from './house.ts';
import {EventStream} from './stream.ts';

const EVENTS = '/api/v1/canary/events?feature=pay';
const BY = {by: {name: 'liu', kind: 'person'}} as const;

const follow = async (house: House, after?: number) =>
  await EventStream.open(house.url + EVENTS, {
    authorization: `Bearer ${READ}`,
    ...(after === undefined ? {} : {'last-event-id': String(after)}),
  });

async function alertAt(house: House, count: number): Promise<void> {
  for (let n = 0; n < count; n++)
    await house.controller.execute(
      {type: 'alert', alert: `a-${n}-${Math.random()}`, level: 'info', message: `${n} ${Math.random()}`},
      BY,
    );
}

describe('the log as events', () => {
  it('is sent from the first commit, then as it grows, each commit once', async () => {
    await using house = await openHouse();
    await using stream = await follow(house);
    await stream.until(1);
    await alertAt(house, 5);
    const told = await stream.until(6);
    expect(told.map(({id}) => id)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(told[0]).toMatchObject({
      event: 'commit',
      data: {schema: 'graydeck.commit/1', feature: 'pay', version: 1, by: 'liu'},
    });
  });

  it('names people to those who may act, and to no one who may only look', async () => {
    await using house = await openHouse();
    await house.controller.execute({type: 'include', release: 'r-pay', user: 'u-secret'}, BY);
    const textOf = async (token: string) => {
      await using stream = await EventStream.open(house.url + EVENTS, {authorization: `Bearer ${token}`});
      return JSON.stringify(await stream.until(2));
    };
    expect(await textOf(READ)).toContain('user-included');
    expect(await textOf(READ)).not.toContain('u-secret');
    expect(await textOf(`${READ}-3`)).toContain('u-secret');
    const status = await (await house.ask('/api/v1/canary/status?feature=pay')).text();
    expect(status).not.toContain('u-secret');
  });

  it('continues after the last event that the client received', async () => {
    await using house = await openHouse();
    await alertAt(house, 4);
    await using stream = await follow(house, 3);
    await alertAt(house, 1);
    expect((await stream.until(3)).map(({id}) => id)).toEqual(['4', '5', '6']);
    const bad = await house.ask(EVENTS, READ, {headers: {'last-event-id': 'x'}});
    expect(bad.status).toBe(400);
  });

  it('answers HEAD at once', async () => {
    await using house = await openHouse();
    const answer = await house.ask(EVENTS, READ, {method: 'HEAD'});
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(await followers(house)).toBe(0);
  });

  it('sends `broken` to a client that knows more commits than exist', async () => {
    await using house = await openHouse();
    await using stream = await follow(house, 70);
    const told = await stream.until(2);
    expect(told.map(({event, id}) => [event, id])).toEqual([
      ['broken', null],
      ['commit', '1'],
    ]);
  });

  it('begins again for every client when the log is replaced', async () => {
    await using house = await openHouse();
    await alertAt(house, 2);
    await using stream = await follow(house);
    await stream.until(3);
    const raw = new DatabaseSync(house.store.label.replace(/^sqlite:/u, ''));
    raw.exec('DELETE FROM log WHERE version > 1');
    raw.close();
    await alertAt(house, 1);
    const told = await stream.until(6);
    expect(told.slice(3).map(({event, id}) => [event, id])).toEqual([
      ['broken', null],
      ['commit', '1'],
      ['commit', '2'],
    ]);
  });

  it('waits for a client that does not read, without delaying others or growing', async () => {
    await using house = await openHouse();
    const {port} = new URL(house.url);
    const lazy = connect(Number(port), '127.0.0.1');
    lazy.pause();
    lazy.write(`GET ${EVENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${READ}\r\n\r\n`);
    await using stream = await follow(house);
    await expect.poll(async () => await followers(house)).toBe(2);
    const long = 'x'.repeat(1900);
    for (let n = 0; n < 400; n++)
      await house.controller.execute(
        {type: 'alert', alert: `a-${n}`, level: 'info', message: `${n} ${long}`},
        BY,
      );
    await stream.until(401);
    // The client has not got every event yet. Once it reads, it gets them in order.
    const ids: number[] = [];
    let text = '';
    lazy.on('data', chunk => {
      text += chunk.toString();
      for (const [, id] of text.matchAll(/^id: (\d+)$/gmu))
        if (Number(id) === ids.length + 1) ids.push(Number(id));
    });
    lazy.resume();
    await expect.poll(() => ids.length).toBe(401);
    lazy.destroy();
    await expect.poll(async () => await followers(house)).toBe(1);
  });
});

async function followers(house: House): Promise<number> {
  const text = await (await house.ask('/metrics', null)).text();
  return Number(/^graydeck_event_followers (\d+)$/mu.exec(text)?.[1]);
}
