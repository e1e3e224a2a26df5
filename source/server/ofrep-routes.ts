import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response';
import type {Context, Hono} from 'hono';
import {JSON_TYPE, type AppOptions, type Env} from './env.ts';
import {
  evaluateAll,
  evaluateOne,
  failureDocument,
  isNamed,
  readEvaluation,
  type Evaluation,
} from './ofrep.ts';
import {clientOfTicket, OfrepStreams, streamPath} from './ofrep-streams.ts';
import {HttpProblem, limitedBody} from './problem.ts';
import {need} from './tokens.ts';

const EVENT_TYPE = {'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no'};

/** The flag that a path of the protocol names, for its errors; undefined for every other path. */
export function flagOfPath(path: string): string | undefined {
  const name = /^\/ofrep\/v1\/evaluate\/flags\/(?<name>[^/]+)$/u.exec(path)?.groups?.['name'];
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Adds the routes of the OpenFeature Remote Evaluation Protocol. The client is authenticated before.
 */
export function addOfrepRoutes(
  app: Hono<Env>,
  {evaluation = null, clients, served}: Pick<AppOptions, 'evaluation' | 'clients' | 'served'>,
): {followers(): number; close(): void} {
  const streams = evaluation === null ? null : new OfrepStreams(evaluation);

  app.post('/ofrep/v1/evaluate/flags/:key', limitedBody, async context => {
    need(context.get('client'), 'evaluate');
    const key = context.req.param('key');
    const read = readEvaluation(await context.req.text());
    const isUp = served.health().state === 'up';
    const answer = read.ok ? evaluateOne(open(evaluation), key, read.context, isUp) : read;
    if (answer.ok) return context.body(answer.json, 200, JSON_TYPE);
    return context.json(failureDocument(answer, key), answer.status);
  });

  app.post('/ofrep/v1/evaluate/flags', limitedBody, async context => {
    const client = context.get('client');
    need(client, 'evaluate');
    const read = readEvaluation(await context.req.text());
    if (!read.ok) return context.json(failureDocument(read), read.status);
    const {json, etag} = evaluateAll(open(evaluation), read.context, streamPath(client, Date.now()));
    context.header('etag', etag);
    if (isNamed(etag, context.req.header('if-none-match'))) return context.body(null, 304);
    return context.body(json, 200, JSON_TYPE);
  });

  app.get('/ofrep/v1/events', (context: Context<Env>) => {
    need(clientOfTicket(clients, context.req.query('ticket'), Date.now()), 'evaluate');
    open(evaluation);
    if (context.req.method === 'HEAD' || streams === null) return context.body(null, 200, EVENT_TYPE);
    streams.check();
    const {outgoing} = context.env;
    outgoing.writeHead(200, {...Object.fromEntries(context.res.headers), ...EVENT_TYPE});
    streams.add(outgoing, context.req.header('last-event-id'));
    return RESPONSE_ALREADY_SENT;
  });

  return {followers: () => streams?.size ?? 0, close: () => streams?.close()};
}

/** @throws HttpProblem 403 */
function open(evaluation: Evaluation | null): Evaluation {
  if (evaluation !== null) return evaluation;
  const next = 'ask its operator for a server that writes';
  throw new HttpProblem(403, 'read-only', 'this server is read-only, and a router reports', next);
}
