import {describe, expect, it} from 'vitest';
import {linksIn, makeLink, nameOfLink} from '../../../source/server/page/links.ts';
import {anyPageShape} from '../../../source/server/page/model.ts';
import {openHouse, OPERATE, READ, type House} from '../house.ts';
import {eventually, PATIENCE_MS} from '../../patience.ts';

const HTML = {accept: 'text/html,*/*;q=0.8'};
const EVENTS = {accept: 'text/event-stream'};
const BY = {by: {name: 'liu on laptop', kind: 'person'}} as const;

/** Makes a link as `graydeck share` does. */
async function linkTo(house: House, about: {mask?: boolean; forMs?: number} = {}) {
  const now = house.store.now();
  const {mask = false, forMs = 60_000} = about;
  const {token, record} = makeLink({by: 'liu', createdAt: now, until: now + forMs, mask});
  await house.store.feature('pay').shares.write(record.name, record.text);
  return {path: `/s/${token}`, name: record.name};
}

async function textOf(house: House, path: string, headers: Record<string, string>): Promise<string> {
  return await (await house.ask(path, null, {headers})).text();
}

/** Reads an answer that goes on until it holds what is wanted, or ends. */
async function readUntil(answer: Response, isThere: (text: string) => boolean): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of answer.body!) {
    text += decoder.decode(bytes, {stream: true});
    if (isThere(text)) break;
  }
  return text;
}

const later = () => ({signal: AbortSignal.timeout(PATIENCE_MS)});

describe('a link', () => {
  it('shows the feature as HTML with a strict policy, and no button', async () => {
    await using house = await openHouse();
    const {path} = await linkTo(house);
    const answer = await house.ask(path, null, {headers: HTML});
    const text = await answer.text();
    const policy = answer.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([^']+)'/u.exec(policy)?.[1] ?? '';
    expect(answer.status).toBe(200);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(text).toContain(`<script nonce="${nonce}">`);
    expect(text.match(/<script/gu)).toHaveLength(1);
    expect(text).not.toMatch(/<(?:button|form|input)|style=|https?:\/\/(?!www\.w3\.org)/u);
    expect(text).toContain('<title>');
    expect(text).toContain('v1.1.0');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(text.length).toBeLessThan(100_000);
    const other = await house.ask(path, null, {headers: HTML});
    expect(other.headers.get('content-security-policy')).not.toBe(policy);
  });

  it('shows the same to curl, to a terminal and to a script', async () => {
    await using house = await openHouse();
    const {path} = await linkTo(house);
    const screen = await readUntil(await house.ask(path, null, later()), text => text.includes('VERDICT'));
    expect(screen).toContain('\u001B[H');
    expect(screen).toContain('pay');
    const once = await textOf(house, `${path}?once&color=no&columns=60`, {});
    expect(once).not.toContain('\u001B');
    expect(Math.max(...once.split('\n').map(line => line.length))).toBeLessThanOrEqual(60);
    const model = await readUntil(
      await house.ask(path, null, {headers: {accept: 'application/x-ndjson'}, ...later()}),
      text => text.includes('\n'),
    );
    expect(anyPageShape.parse(JSON.parse(model.split('\n')[0]!))).toMatchObject({feature: 'pay'});
    const news = JSON.parse(await textOf(house, path, {accept: 'application/json'})) as {parts: object};
    expect(Object.keys(news.parts)).toContain('verdict');
  });

  it('tells what happens as it happens', async () => {
    await using house = await openHouse();
    const {path} = await linkTo(house);
    const answer = await house.ask(path, null, {headers: EVENTS, ...later()});
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    await house.controller.execute(
      {type: 'alert', alert: 'a-1', level: 'critical', message: 'refunds are slow'},
      BY,
    );
    expect(await readUntil(answer, text => text.includes('refunds are slow'))).toContain('event: page');
  });

  it('is 404 once it is wrong, over or revoked', async () => {
    await using house = await openHouse();
    const over = await linkTo(house, {forMs: -1});
    const {path, name} = await linkTo(house);
    expect((await house.ask(path, null, {headers: HTML})).status).toBe(200);
    await house.store.feature('pay').shares.remove([name]);
    const wrong = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A');
    for (const one of [path, over.path, wrong, '/s/x', `/s/${'A'.repeat(44)}`]) {
      const answer = await house.ask(one, null, {headers: HTML});
      expect([one, answer.status]).toEqual([one, 404]);
      expect(await answer.text()).not.toContain('v1.1.0');
    }
  });

  it('goes dark for who already watches once it is revoked', async () => {
    await using house = await openHouse();
    const {path, name} = await linkTo(house);
    const [page, screen] = await Promise.all([
      house.ask(path, null, {headers: EVENTS, ...later()}),
      house.ask(path, null, later()),
    ]);
    await house.store.feature('pay').shares.remove([name]);
    // Both end by themselves.
    expect(await page.text()).toMatch(/event: gone\ndata: \{\}\n\n$/u);
    expect((await screen.text()).endsWith('\u001B[2J\u001B[H')).toBe(true);
  });

  it('opens nothing but its own feature', async () => {
    await using house = await openHouse({features: ['pay', 'search']});
    const {path} = await linkTo(house);
    expect(await textOf(house, `${path}?feature=search`, HTML)).not.toContain('search');
    expect((await house.ask('/', null, {headers: HTML})).status).toBe(401);
    expect((await house.ask('/api/v1/canary/status', path.slice(3))).status).toBe(401);
    expect((await house.ask(path, null, {method: 'POST'})).status).toBe(404);
  });

  it('hides names, ids and words of people where it is to', async () => {
    await using house = await openHouse();
    const told = {type: 'alert', alert: 'a-1', level: 'critical', message: 'secret words'} as const;
    await house.controller.execute(told, BY);
    await house.controller.execute({type: 'include', release: 'r-pay', user: 'user-4711'}, BY);
    await house.store.feature('pay').samples.write([['side', 'gray', 'requests', '1']]);
    const [open, masked] = [await linkTo(house), await linkTo(house, {mask: true})];
    for (const headers of [HTML, {accept: 'application/json'}, {accept: '*/*'}]) {
      const once = '?once&columns=200&rows=60';
      await eventually(async () =>
        expect(await textOf(house, open.path + once, headers)).toContain('secret words'),
      );
      const hidden = await textOf(house, masked.path + once, headers);
      expect(hidden).toContain('v1.1.0');
      expect(hidden).not.toMatch(/secret words|user-4711|laptop|liu/u);
    }
  });

  it('says in the store that it is a link, and not which', async () => {
    await using house = await openHouse();
    const {path, name} = await linkTo(house);
    const records = await house.store.feature('pay').shares.read();
    const [link] = linksIn(records);
    expect(nameOfLink(link!.id)).toBe(name);
    expect(JSON.stringify([...records])).not.toContain(path.slice(3 + 12));
  });
});

describe('the page of serve', () => {
  it('wants a token with the scope read, by a form or a header', async () => {
    await using house = await openHouse({features: ['pay', 'search']});
    const stranger = await house.ask('/', null, {headers: HTML});
    expect(stranger.status).toBe(401);
    expect(await stranger.text()).toContain('action="/login"');
    const login = async (token: string, headers = {}) =>
      await house.ask('/login', null, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({token}),
        headers,
      });
    expect((await login('wrong')).status).toBe(403);
    expect((await login(OPERATE)).status).toBe(403);
    expect((await login(READ, {'sec-fetch-site': 'cross-site'})).status).toBe(403);
    const entered = await login(READ);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    const cookie = entered.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/u);
    expect(cookie).not.toContain(READ);
    const [value = ''] = cookie.split(';');
    const list = await house.ask('/', null, {headers: {...HTML, cookie: value}});
    expect(list.status).toBe(200);
    const text = await list.text();
    expect(text).toContain('/?feature=pay');
    expect(text).toContain('/?feature=search');
    const forged = value.replace(/~\d+~/u, `~${Date.now() + 1e12}~`);
    expect((await house.ask('/', null, {headers: {...HTML, cookie: forged}})).status).toBe(401);
    // The cookie is for looking at pages; the API wants the token.
    expect(
      (await house.ask('/api/v1/canary/status?feature=pay', null, {headers: {cookie: value}})).status,
    ).toBe(401);
    const one = await house.ask('/?feature=search', READ, {headers: HTML});
    expect(await one.text()).toContain('<h1>search</h1>');
    expect((await house.ask('/?feature=none', READ, {headers: HTML})).status).toBe(404);
    expect((await house.ask('/', OPERATE, {headers: HTML})).status).toBe(403);
  });

  it('speaks the language of who looks', async () => {
    await using house = await openHouse();
    const {path} = await linkTo(house);
    const text = await textOf(house, path, {...HTML, 'accept-language': 'zh-CN,zh;q=0.9'});
    expect(text).toContain('<html lang="zh-CN">');
    expect(text).toContain('指标');
  });
});
