import type {IncomingMessage, Server, ServerResponse} from 'node:http';
import type {Socket} from 'node:net';

/**
 * Keeps at most so many connections. When another comes, the one that has been silent longest gives way; a connection
 * with a request under way, or a stream of events, keeps its place. Where all of them are at work, the new one is closed.
 */
export function boundConnections(server: Server, most: number): void {
  /** Requests under way, by connection; the one that spoke last stands last. */
  const known = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    if (known.size >= most) {
      const silent = firstSilent(known);
      if (silent === undefined) return void socket.destroy();
      known.delete(silent);
      silent.destroy();
    }
    known.set(socket, 0);
    socket.once('close', () => known.delete(socket));
  });
  server.prependListener('request', ({socket}: IncomingMessage, response: ServerResponse) => {
    step(socket, 1);
    response.once('close', () => step(socket, -1));
  });

  function step(socket: Socket, by: number): void {
    const before = known.get(socket);
    if (before === undefined) return;
    known.delete(socket);
    known.set(socket, before + by);
  }
}

function firstSilent(known: ReadonlyMap<Socket, number>): Socket | undefined {
  for (const [socket, underWay] of known) if (underWay === 0) return socket;
  return undefined;
}
