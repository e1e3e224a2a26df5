import {once} from 'node:events';
import {createServer} from 'node:net';

/**
 * Below the ports that the system gives to connections: a server that a test stops finds its port free when it starts
 * again, however many connections come and go meanwhile. The example of nginx has its tests' ports from 20 000 on.
 */
const FROM = 10_000;
const TO = 20_000;

/** A port of the loopback that nobody used a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FROM + Math.floor(Math.random() * (TO - FROM));
    if (await canListen(port)) return port;
  }
}

/** Whether a server could have it now. */
export async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    // An error that comes instead is thrown.
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
