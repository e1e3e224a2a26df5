import {once} from 'node:events';
import {createConnection, createServer, type AddressInfo, type Socket} from 'node:net';
import {setImmediate, setTimeout as delay} from 'node:timers/promises';

/** A way to a server that can be cut, blocked, or made to lose an answer. */
export interface Proxy {
  readonly port: number;
  /** Connections that came so far. */
  readonly connections: number;
  /** Bytes of answers that were passed on so far. */
  readonly passedOn: number;
  /** After the next request that holds `text` was passed on, its connection is cut before the answer comes back. */
  loseAnswerTo(text: string): void;
  /** Keeps every connection open and passes nothing on any more, in both directions. New ones are accepted too. */
  swallow(): void;
  /** Passes requests on, and no answer any more. */
  swallowAnswers(): void;
  /**
   * From the next request that holds `text` on nothing is passed on any more; that one is carried out where `isCarriedOut`
   * says so, and its answer is lost. Resolves when it has come.
   */
  holdAt(text: RegExp, options: {isCarriedOut: boolean}): Promise<void>;
  /** Passes on again; what was swallowed is lost with its connections. */
  release(): void;
  /** Cuts all connections now; new ones are accepted. */
  cut(): void;
  /** Refuses new connections and cuts all others. */
  refuse(): Promise<void>;
  /** Listens again on the same port. */
  accept(): Promise<void>;
  close(): Promise<void>;
}

export interface ProxyOptions {
  /** Answers are passed on in pieces of so many bytes; 0: as they come. */
  chunk?: number;
  /** Time between two pieces, in milliseconds. */
  everyMs?: number;
}

export async function startProxy(
  to: {port: number},
  {chunk = 0, everyMs = 0}: ProxyOptions = {},
): Promise<Proxy> {
  let passedOn = 0;
  const pairs = new Set<[Socket, Socket]>();
  let doomed: string | null = null;
  let swallowing = false;
  let mute = false;
  let holding: {text: RegExp; isCarriedOut: boolean; come(): void} | null = null;
  let connections = 0;

  const server = createServer(client => {
    connections++;
    const upstream = createConnection(to.port, '127.0.0.1');
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    let losing = false;
    client.on('data', bytes => {
      if (swallowing) return;
      if (holding?.text.test(bytes.toString('latin1')) === true) {
        const {isCarriedOut, come} = holding;
        holding = null;
        swallowing = true;
        if (isCarriedOut) upstream.write(bytes);
        return come();
      }
      if (doomed !== null && bytes.includes(doomed)) {
        doomed = null;
        losing = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', bytes => {
      // The answer is here, so the request was carried out.
      if (losing) client.destroy();
      else if (!swallowing && !mute) {
        void passOn(pair, bytes, {chunk, everyMs, onPiece: length => (passedOn += length)});
      }
    });
    for (const [one, other] of [pair, pair.toReversed()] as [Socket, Socket][]) {
      one.on('error', () => undefined);
      one.on('close', () => {
        pairs.delete(pair);
        if (!swallowing) other.destroy();
      });
    }
  });

  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  const refuse = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  return {
    port,
    get connections() {
      return connections;
    },
    get passedOn() {
      return passedOn;
    },
    loseAnswerTo: text => (doomed = text),
    swallow: () => (swallowing = true),
    swallowAnswers: () => (mute = true),
    holdAt: (text, {isCarriedOut}) => new Promise(resolve => (holding = {text, isCarriedOut, come: resolve})),
    release: () => {
      swallowing = false;
      mute = false;
      cut();
    },
    cut,
    refuse,
    accept: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: async () => {
      cut();
      if (server.listening) await refuse();
    },
  };
}

/** How many pieces are passed on before this process, the client's too, does something else. */
const PIECES_AT_ONCE = 200;

/** Each piece in a packet of its own, as far as the system lets it; `upstream` waits until all are on their way. */
async function passOn(
  [client, upstream]: [Socket, Socket],
  bytes: Buffer,
  {chunk, everyMs, onPiece}: Required<ProxyOptions> & {onPiece(length: number): void},
): Promise<void> {
  if (chunk === 0) {
    client.write(bytes);
    onPiece(bytes.length);
    return;
  }
  client.setNoDelay(true);
  upstream.pause();
  for (let at = 0, pieces = 1; at < bytes.length; at += chunk, pieces++) {
    const piece = bytes.subarray(at, at + chunk);
    client.write(piece);
    onPiece(piece.length);
    if (everyMs > 0) await delay(everyMs);
    else if (pieces % PIECES_AT_ONCE === 0) await setImmediate();
  }
  upstream.resume();
}
