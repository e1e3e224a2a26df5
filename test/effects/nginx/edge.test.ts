import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, expect, test} from 'vitest';
import {openEdge} from '../../../source/effects/nginx/edge.ts';

/** Somebody else on the port of the probe. */
async function stranger(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  const probe = {host: '127.0.0.1', port};
  return {
    edge: openEdge({include: 'none.conf', test: ['true'], reload: {argv: ['true']}, probe}),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

describe('whoever answers where nginx is asked', () => {
  test('and never comes to an end keeps no agent waiting', async () => {
    await using other = await stranger(response => {
      const drops = setInterval(() => response.write('.'), 100);
      response.on('close', () => clearInterval(drops));
    });
    expect(await other.edge.ask()).toBeNull();
  });
});
