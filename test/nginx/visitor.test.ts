import {createServer, get} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {decider} from '../../source/audience/decide.ts';
import type {Asked} from '../../source/audience/forced.ts';
import type {User} from '../../source/audience/rule.ts';
import {renderEdge} from '../../source/nginx/render.ts';
import {honoMiddleware, plainMiddleware} from '../../source/sdk/middleware.ts';
import {splitNamed} from '../audience/conformance.ts';
import {nginxMissing, startNginx, type NginxServer} from '../servers/nginx.ts';
import {freePort} from '../servers/ports.ts';
import {siteOf} from './site.ts';

const COOKIE = 'gray_visitor';
const decide = decider({split: splitNamed('half'), version: 1});
const sideOf = (id: string) => decide({id}, 0).side;

interface Visit {
  side: string;
  cookie: string | null;
}

/** One request; `cookie` of the answer is its whole `Set-Cookie`. */
async function visit(port: number, headers: Record<string, string> = {}): Promise<Visit> {
  const {promise, resolve, reject} = Promise.withResolvers<Visit>();
  get({port, host: '127.0.0.1', headers: {connection: 'close', ...headers}}, answer => {
    let side = '';
    answer.on('data', chunk => (side += String(chunk)));
    answer.on('end', () => resolve({side, cookie: answer.headers['set-cookie']?.join('\n') ?? null}));
  }).on('error', reject);
  return await promise;
}

const valueOf = (cookie: string | null): string =>
  /^gray_visitor=(?<id>[^;]+);/u.exec(cookie ?? '')?.groups?.['id'] ?? '';

/** What holds of every server that makes the cookie: both make the same, and read it alike. */
function makesCookies(portOf: () => number): void {
  test('a visitor without an id gets a cookie, and stays on the side of its value', async () => {
    const seen = new Set<string>();
    for (let one = 0; one < 20; one++) {
      const first = await visit(portOf());
      const id = valueOf(first.cookie);
      expect(first.cookie).toBe(`gray_visitor=${id}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`);
      expect(id).toMatch(/^[0-9a-f]{32}$/u);
      expect(first.side).toBe(sideOf(id));
      const again = await visit(portOf(), {cookie: `a=1; gray_visitor=${id}; b=2`});
      expect(again).toEqual({side: first.side, cookie: null});
      seen.add(id);
    }
    expect(seen.size).toBe(20);
  });

  test('a user with an id gets none, and an empty cookie is none', async () => {
    expect(await visit(portOf(), {'x-user-id': 'u-131'})).toEqual({side: 'gray', cookie: null});
    expect(await visit(portOf(), {'x-user-id': 'u-131', cookie: 'gray_visitor=u-4'})).toEqual({
      side: 'gray',
      cookie: null,
    });
    expect(valueOf((await visit(portOf(), {cookie: 'gray_visitor='})).cookie)).toMatch(/^[0-9a-f]{32}$/u);
    for (const id of ['u-4', 'u-131', 'anything else', '用户43'])
      expect(
        (await visit(portOf(), {cookie: `gray_visitor=${Buffer.from(id).toString('latin1')}`})).side,
      ).toBe(sideOf(id));
  });
}

describe.skipIf(nginxMissing)('the cookie of visitors at nginx', () => {
  let nginx: NginxServer;
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    const site = siteOf(['pay'], {visitor: COOKIE, probe: {host: '127.0.0.1', port: await freePort()}});
    const file = renderEdge(new Map([['pay', splitNamed('half')]]), site);
    nginx = await startNginx({
      http:
        'include FOLDER/graydeck.conf;' +
        `server { listen 127.0.0.1:${port}; location / { add_header Set-Cookie $gray_set_cookie; return 200 "$gray_side_pay"; } }`,
      files: {'graydeck.conf': file.text},
    });
  });
  afterAll(() => nginx.dispose());
  makesCookies(() => port);
});

describe('the cookie of visitors in the middleware', () => {
  const feature = {decide: (user: User, asked?: Asked) => decide(user, 0, asked), record: () => undefined};
  const use = plainMiddleware(
    feature,
    {user: request => request.headers['x-user-id'] as string | undefined, visitorCookie: COOKIE},
    (request, decision) => Object.assign(request, {side: decision.side}),
  );
  const server = createServer((request, response) => {
    use(request, response, () => response.end((request as unknown as {side: string}).side));
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    ({port} = server.address() as AddressInfo);
  });
  afterAll(() => new Promise(resolve => server.close(resolve)));
  makesCookies(() => port);

  test('is set by hono, too, and is secure where the address is', async () => {
    const set: string[] = [];
    let side = '';
    const context = {
      req: {raw: new Request('https://shop.example/')},
      res: {status: 200},
      set: (_: string, decision: {side: string}) => (side = decision.side),
      header: (_: string, value: string) => void set.push(value),
    };
    await honoMiddleware(feature, {visitorCookie: COOKIE})(context, () => Promise.resolve());
    expect(set).toEqual([expect.stringMatching(/; SameSite=Lax; Secure$/u)]);
    expect(side).toBe(sideOf(valueOf(set[0] ?? '')));
  });
});
