import {Agent, get} from 'node:http';
import {FEATURE} from './place.ts';

/** What a load has seen. */
export interface Loaded {
  requests: number;
  /** Connections that were cut under a request, and answers that were none. */
  failed: number;
  /** When the last request was sent that gray answered, by `performance.now()`. */
  lastGray: number;
}

const HEADERS: Record<string, string>[] = [
  {'x-user-id': 'vip-1'},
  {'x-user-id': 'u-7', 'x-gray-release': 'true'},
  {'x-user-id': 'u-8', cookie: 'gray_user=true'},
  {'x-user-id': 'u-3'},
];

/** Clients with kept-alive connections: somebody on the list, some that are forced, and anybody. */
export function underLoad(port: number, count = 8): {stop(): Promise<Loaded>} {
  const agent = new Agent({keepAlive: true, maxSockets: count});
  const over = new AbortController();
  const seen: Loaded = {requests: 0, failed: 0, lastGray: 0};
  const client = async (number: number): Promise<void> => {
    const headers = HEADERS[number % HEADERS.length] ?? {};
    while (!over.signal.aborted) {
      const began = performance.now();
      const body = (await ask(agent, port, headers)).trim();
      seen.requests++;
      if (body === 'gray') seen.lastGray = Math.max(seen.lastGray, began);
      else if (body !== 'prod') seen.failed++;
    }
  };
  const clients = Array.from({length: count}, (_, number) => client(number));
  return {
    async stop() {
      over.abort();
      await Promise.all(clients);
      agent.destroy();
      return seen;
    },
  };
}

function ask(agent: Agent, port: number, headers: Record<string, string>): Promise<string> {
  return new Promise(resolve => {
    const request = get({agent, host: '127.0.0.1', port, path: `/${FEATURE}`, headers}, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body)).on('error', () => resolve('cut'));
    });
    request.on('error', () => resolve('cut'));
  });
}
