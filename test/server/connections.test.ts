import {connect, type Socket} from 'node:net';
import {once} from 'node:events';
import {describe, expect, onTestFinished, test} from 'vitest';
import {clientAddress, trustedProxies} from '../../source/server/client-address.ts';
import {listenHttp} from '../../source/server/listen.ts';
import {eventually} from '../patience.ts';

async function place(mostConnections: number) {
  const answer = (request: Request) =>
    new Response(
      request.url.endsWith('/stream')
        ? new ReadableStream({start: stream => stream.enqueue(new TextEncoder().encode('data'))})
        : 'ok',
    );
  const listening = await listenHttp(answer, {host: '127.0.0.1', port: 0}, {mostConnections});
  const port = Number(new URL(listening.url).port);
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await listening.close();
  });
  return {
    url: listening.url,
    async open(request?: string) {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      if (request !== undefined) {
        socket.write(`GET ${request} HTTP/1.1\r\nhost: x\r\n\r\n`);
        await once(socket, 'data');
      } else socket.resume();
      return socket;
    },
  };
}

describe('more connections than there is room for', () => {
  test('close those that are silent longest; who speaks, and who follows a stream, keeps a place', async () => {
    const {url, open} = await place(50);
    const stream = await open('/stream');
    const spoke = await open('/');
    const silent: Socket[] = [];
    for (let n = 0; n < 60; n++) silent.push(await open());
    await eventually(() => expect(silent[0]!.closed).toBe(true));
    expect(stream.closed).toBe(false);
    expect(silent.at(-1)!.closed).toBe(false);
    // It spoke before all of the silent ones came.
    expect(spoke.closed).toBe(true);
    for (let n = 0; n < 5; n++) expect(await (await fetch(url)).text()).toBe('ok');
    expect(stream.closed).toBe(false);
  });

  test('close the new one where all are at work', async () => {
    const {open} = await place(2);
    const streams = [await open('/stream'), await open('/stream')];
    const late = await open();
    await eventually(() => expect(late.closed).toBe(true));
    expect(streams.map(({closed}) => closed)).toEqual([false, false]);
  });
});

describe('the address of a client', () => {
  const trusts = trustedProxies(['10.0.0.0/8', '::1'])!;
  test.each([
    ['192.0.2.7', '203.0.113.9', '192.0.2.7'],
    ['10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['10.1.2.3', '198.51.100.1, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['10.1.2.3', undefined, '10.1.2.3'],
    ['10.1.2.3', 'nonsense', '10.1.2.3'],
    ['::1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['10.1.2.3', '203.0.113.9:4711', '203.0.113.9'],
  ])('%s with %s is %s', (remote, forwarded, address) => {
    expect(clientAddress(remote, forwarded, trusts)).toBe(address);
  });

  test('is believed of no proxy unless one is named', () => {
    expect(clientAddress('127.0.0.1', '203.0.113.9', () => false)).toBe('127.0.0.1');
    expect(trustedProxies(['proxy.example'])).toBeNull();
    expect(trustedProxies(['10.0.0.0/33'])).toBeNull();
  });
});
