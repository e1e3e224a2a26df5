import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, expect, test} from 'vitest';
import {Routing} from '../../source/router/routing.ts';
import {honoMiddleware, plainMiddleware} from '../../source/sdk/middleware.ts';
import type {Measurement} from '../../source/sdk/tally.ts';

/** A user object of a database whose connection is closed: every property throws. */
const broken = () => ({
  get id(): string {
    throw new Error('the session is closed');
  },
});

function measured() {
  const routing = new Routing('new_payment', {}, () => 0);
  const records: Measurement[] = [];
  const decide: Routing['decide'] = (user, asked) => routing.decide(user, asked);
  return {decide, record: (_: unknown, one: Measurement) => void records.push(one), records};
}

describe('a user that throws when it is asked for its id', () => {
  test('fails neither the request nor the application, and is measured', async () => {
    const feature = measured();
    const use = plainMiddleware(feature, {user: broken}, () => undefined);
    const server = createServer((request, response) => {
      use(request, response, () => response.end('served'));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const {port} = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, {headers: {connection: 'close'}});
    expect(await answer.text()).toBe('served');
    await new Promise(resolve => server.close(resolve));
    expect(feature.records).toMatchObject([{requests: 1, errors: 0, user: '127.0.0.1'}]);
  });

  test('is measured by its tenant where the release goes by tenants', async () => {
    const feature = {...measured(), bucketBy: () => 'tenant'};
    const context = {
      req: {raw: new Request('http://127.0.0.1/')},
      res: {status: 200},
      set: () => undefined,
    };
    const user = () => ({id: 'u-1', tenant: 'acme'});
    await honoMiddleware(feature, {user})(context, () => Promise.resolve());
    expect(feature.records).toMatchObject([{requests: 1, user: 'acme'}]);
  });

  test('does not fail a request of hono', async () => {
    const feature = measured();
    const context = {
      req: {raw: new Request('http://127.0.0.1/')},
      res: {status: 200},
      set: () => undefined,
    };
    await honoMiddleware(feature, {user: broken})(context, () => Promise.resolve());
    expect(feature.records).toMatchObject([{requests: 1, errors: 0}]);
  });
});
