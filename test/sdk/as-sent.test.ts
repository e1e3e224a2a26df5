import {getRequestListener} from '@hono/node-server';
import {Hono, type Context} from 'hono';
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, expect, test} from 'vitest';
import {bucketOf} from '../../source/audience/bucket.ts';
import type {Decision} from '../../source/audience/decide.ts';
import {headerText, sentText} from '../../source/audience/as-sent.ts';
import type {User} from '../../source/audience/rule.ts';
import {Routing} from '../../source/router/routing.ts';
import {honoMiddleware, plainMiddleware} from '../../source/sdk/middleware.ts';
import type {Measurement} from '../../source/sdk/tally.ts';
import {REQUESTS, sentLines, SPLITS, splitNamed, userIn} from '../audience/conformance.ts';
import {askMany} from '../servers/nginx.ts';

const ROUTINGS = new Map(
  SPLITS.map(name => {
    const routing = new Routing('new_payment', {}, () => 0);
    routing.setStale(false);
    routing.apply({version: 7, id: 'c-7', split: splitNamed(name)});
    return [name, routing];
  }),
);
const records: Measurement[] = [];

/** The part of a feature that the middleware calls. The path names the split. */
function featureOf(path: string | undefined) {
  const routing = ROUTINGS.get(path?.replace(/^\//u, '').split('?')[0] ?? '')!;
  return {
    decide: (user: User, asked?: Parameters<Routing['decide']>[1]) => routing.decide(user, asked),
    record: (_: Decision, measured: Measurement) => void records.push(measured),
  };
}
const words = ({side, reason, cohort}: Decision) => `${side} ${reason} ${cohort}`;
const idFromOf = (url: string | undefined) => (url?.endsWith('?cookie') === true ? 'cookie' : undefined);

const plain: RequestListener = (request, response) => {
  let decided: Decision | null = null;
  const user = () => userIn(request.headers, idFromOf(request.url));
  const use = plainMiddleware(featureOf(request.url), {user}, (_, decision) => (decided = decision));
  use(request, response, () => {
    const body = words(decided!);
    response.writeHead(200, {'content-length': body.length, connection: 'keep-alive'}).end(body);
  });
};

const app = new Hono<{Variables: {gray: Decision}}>();
app.get('/:split', async (context: Context<{Variables: {gray: Decision}}>) => {
  const user = () => {
    const headers = Object.fromEntries(context.req.raw.headers);
    return userIn(headers, idFromOf(new URL(context.req.url).search === '?cookie' ? '?cookie' : ''));
  };
  await honoMiddleware(featureOf(`/${context.req.param('split')}`), {user})(context, () => Promise.resolve());
  return context.text(words(context.get('gray')));
});

describe.each([
  ['the middleware', plain],
  ['hono', getRequestListener(app.fetch) as RequestListener],
])('%s and the requests of the conformance file', (_, listener) => {
  test('agree: they compare and hash the bytes that were sent', async () => {
    const server = createServer(listener);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const {port} = server.address() as AddressInfo;
    try {
      const bodies = await askMany(
        port,
        REQUESTS.map(one => ({
          lines: sentLines(one),
          path: `/${one.split}${one.idFrom === 'cookie' ? '?cookie' : ''}`,
        })),
      );
      const wrong = REQUESTS.flatMap(({name, expect: {side, reason, cohort}}, at) => {
        const said = `${side} ${reason} ${cohort}`;
        return bodies[at] === said ? [] : [`${name}: ${said}, not ${bodies[at]}`];
      });
      expect(wrong).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('decide, with the headers of the request', () => {
  test.each(REQUESTS)('$split: $name', one => {
    const lines = sentLines(one);
    const headers: Record<string, string> = {};
    for (const [name, value] of lines) {
      const key = name.toLowerCase();
      const before = headers[key];
      headers[key] = before === undefined ? value : `${before}${key === 'cookie' ? '; ' : ', '}${value}`;
    }
    const decision = ROUTINGS.get(one.split)!.decide(userIn(headers, one.idFrom), {
      headers,
      lines: lines.flat(),
    });
    expect(words(decision)).toBe(Object.values(one.expect).join(' '));
  });
});

describe('an id that does not come from a header', () => {
  const headers = {'x-other': Buffer.from('用户43').toString('latin1'), 'x-plain': 'Müller'};

  test.each(['Müller', 'ü', 'Ã¼', '用户43', 'a, b', 'ÿ', '\ud83d'])('is unchanged: %s', id => {
    expect(sentText(id, {})).toBe(id);
    expect(sentText(id, {headers: {'x-other': headers['x-other']}, lines: ['x', 'a', 'y', 'b']})).toBe(id);
  });

  test('is hashed as before', () => {
    for (const id of ['Müller', 'ü', '用户43', '\ud83d'])
      expect(bucketOf('pay:', id)).toBe(bucketOf('pay:', id.toWellFormed()));
  });

  test('is read once', () => {
    const twice = Buffer.from('Ã¼').toString('latin1');
    const asked = {headers: {'x-user-id': twice}};
    expect(sentText(twice, asked)).toBe('Ã¼');
    expect(sentText(sentText(twice, asked), asked)).toBe('Ã¼');
    expect(headerText(headerText(Buffer.from('用户').toString('latin1')))).toBe('用户');
  });

  test('leaves other properties of the user unchanged, also inherited ones', () => {
    class Person {
      id = Buffer.from('用户43').toString('latin1');
      get country() {
        return 'CN';
      }
    }
    const routing = ROUTINGS.get('letters-audience')!;
    const person = new Person() as unknown as User;
    expect(routing.decide(person, {headers: {'x-user-id': String(person.id)}}).side).toBe('gray');
  });
});
