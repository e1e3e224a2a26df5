import {setTimeout as pause} from 'node:timers/promises';
import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response';
import type {Context, Hono} from 'hono';
import {forReaders} from '../release/for-readers.ts';
import {toJson} from '../release/well-formed.ts';
import type {RollUpKind, SampleEntry} from '../store/port.ts';
import type {AppOptions, Env} from './env.ts';
import {HttpProblem} from './problem.ts';
import {featureOf, type ServedFeature, type ServedFeatures} from './served.ts';
import {need, type Client} from './tokens.ts';

const LINES = {'content-type': 'application/x-ndjson; charset=utf-8', 'x-accel-buffering': 'no'};
/** Most commits of one answer. */
const SLICE = 500;
/** Longest wait for the next commit, milliseconds. */
const LONGEST_WAIT_MS = 20_000;
/** A client that has not read so many bytes is disconnected; it goes on after the last id that it got. */
const MOST_UNREAD = 16 * 1024 * 1024;
/** Most streams of samples at a time. Each has a connection to the store. */
const MOST_STREAMS = 100;
/** Milliseconds between two empty lines that keep a stream open through a proxy. */
const BEAT_MS = 10_000;

/**
 * Adds what `graydeck --server` reads instead of a store: the log, samples and roll-ups as they are. A token without the scope
 * `operate` gets no commands of hooks, no output, no ids of users and no messages of feedback.
 */
export function addRawRoutes(app: Hono<Env>, {served}: AppOptions): void {
  addStateRoutes(app, served);
  addEntryRoutes(app, served);
}

/** Who asks, and whether they may read what only operators do. @throws HttpProblem 403 */
function asked(context: Context<Env>): {client: Client; mayAct: boolean} {
  const client = context.get('client');
  need(client, 'read');
  return {client, mayAct: client.scopes.has('operate')};
}

/** Features, the state of one, and its log. */
function addStateRoutes(app: Hono<Env>, served: ServedFeatures): void {
  const feature = (context: Context<Env>) => featureOf(served, context.req.query('feature'));

  app.get('/api/v1/raw/features', async context => {
    const {client} = asked(context);
    const {store} = served;
    const freeze = await store.freezes.newest().catch(() => null);
    const health = served.health();
    const scopes = [...client.scopes];
    const document = {schema: 'graydeck.raw/1', now: store.now(), health, kind: store.kind, freeze, scopes};
    return context.json({...document, features: served.names()});
  });

  app.get('/api/v1/raw/state', async context => {
    asked(context);
    const {raw} = feature(context);
    const [routers, lease, summary, clocks, lastSample] = await Promise.all([
      raw.routers.list(),
      raw.lease.read(),
      raw.summary.read(),
      raw.streamClocks(),
      raw.samples.lastId(),
    ]);
    // The token of the lease is the guard's own.
    const shown = lease === null ? null : {...lease, token: ''};
    return context.json({now: served.store.now(), routers, lease: shown, summary, clocks, lastSample});
  });

  app.get('/api/v1/raw/log', async context => {
    const {mayAct} = asked(context);
    const found = feature(context);
    const after = numberOf(context, 'after', 0);
    await found.view.ready();
    await commitAfter(found, after, Math.min(numberOf(context, 'waitMs', 0), LONGEST_WAIT_MS));
    const all = found.view.commits();
    const commits = all.slice(after, after + SLICE);
    const {head, link} = found.view.snapshot();
    const document = {
      now: served.store.now(),
      head: head === null ? null : {version: head.version, id: head.id},
      away: link.state === 'away' ? link.why : null,
      // The split of the commit holds ids of users; a reader derives one from the events.
      commits: mayAct ? commits : commits.map(commit => ({...forReaders(commit), split: null})),
    };
    return context.body(toJson(document), 200, {'content-type': 'application/json; charset=utf-8'});
  });
}

/** Samples, roll-ups, feedback and the output of steps. */
function addEntryRoutes(app: Hono<Env>, served: ServedFeatures): void {
  const open = {streams: 0};
  const feature = (context: Context<Env>) => featureOf(served, context.req.query('feature'));

  app.get('/api/v1/raw/samples', context => {
    const {client} = asked(context);
    return streamSamples(context, {client, found: feature(context), open});
  });

  app.get('/api/v1/raw/rollups', async context => {
    asked(context);
    const {raw} = feature(context);
    const kind = context.req.query('kind') ?? '';
    if (!isKind(kind)) throw bad('kind is seconds, minutes or people');
    const {outgoing} = context.env;
    outgoing.writeHead(200, LINES);
    const take = async (slice: unknown): Promise<void> => {
      if (!outgoing.write(`${JSON.stringify(slice)}\n`)) await drained(outgoing);
    };
    const rest = await raw.rollUps.read(kind, numberOf(context, 'since', 0), take);
    if (rest.length > 0) await take(rest);
    outgoing.end('{"end":true}\n');
    return RESPONSE_ALREADY_SENT;
  });

  app.get('/api/v1/raw/feedback', async context => {
    const {mayAct} = asked(context);
    const entries = await feature(context).raw.feedback.read(
      numberOf(context, 'since', 0),
      context.req.query('after'),
    );
    return context.json({entries: mayAct ? entries : entries.map(withoutWords)});
  });

  app.get('/api/v1/raw/outputs', async context => {
    const {mayAct} = asked(context);
    const found = feature(context);
    return context.json({outputs: mayAct ? await found.raw.outputs.read() : []});
  });
}

interface SampleStream {
  client: Client;
  found: ServedFeature;
  open: {streams: number};
}

/** Samples since a moment, which end, or after an id, which go on until the client ends them. */
function streamSamples(context: Context<Env>, {client, found, open}: SampleStream): Response {
  const {samples} = found.raw;
  const after = context.req.query('after');
  const since = numberOf(context, 'since', 0);
  if (open.streams >= MOST_STREAMS)
    throw new HttpProblem(503, 'too-many-followers', `${MOST_STREAMS} streams are open`, 'end one', {
      headers: {'retry-after': '10'},
    });
  open.streams++;
  const {outgoing} = context.env;
  const stop = new AbortController();
  outgoing.on('close', () => stop.abort());
  outgoing.writeHead(200, LINES);
  const send = (line: object): void => {
    if (outgoing.writableLength > MOST_UNREAD) outgoing.destroy();
    else if (!stop.signal.aborted) outgoing.write(`${JSON.stringify(line)}\n`);
  };
  const mayAct = client.scopes.has('operate');
  const take = (entries: SampleEntry[]): void =>
    send({entries: mayAct ? entries : entries.map(withoutPerson)});
  const beat = setInterval(() => send({}), BEAT_MS);
  const work = async (): Promise<void> => {
    if (after === undefined) send({end: await samples.history(since, take, stop.signal)});
    else await samples.follow(after, take, stop.signal, send);
  };
  void work()
    .catch((error: unknown) => send({away: error instanceof Error ? error.message : String(error)}))
    .finally(() => {
      clearInterval(beat);
      open.streams--;
      outgoing.end();
    });
  return RESPONSE_ALREADY_SENT;
}

/** Resolves once the log is longer than `after`, or after the wait. */
async function commitAfter({view}: ServedFeature, after: number, waitMs: number): Promise<void> {
  if (waitMs === 0 || view.commits().length !== after) return;
  const stop = new AbortController();
  const unsubscribe = view.subscribe(() => {
    if (view.commits().length !== after) stop.abort();
  });
  await pause(waitMs, undefined, {signal: stop.signal}).catch(() => undefined);
  unsubscribe();
}

/** A user's id is for those who may act. */
function withoutPerson({fields, ...entry}: SampleEntry): SampleEntry {
  const kept = fields.filter((_, index) => fields[index - (index % 2)] !== 'person');
  return {...entry, fields: kept};
}

function withoutWords<T extends {text: string}>(entry: T): T {
  try {
    const said = JSON.parse(entry.text) as Record<string, unknown>;
    return {...entry, text: JSON.stringify({...said, message: '•••', user: null})};
  } catch {
    return {...entry, text: ''};
  }
}

async function drained(outgoing: NodeJS.WritableStream): Promise<void> {
  await new Promise<void>(resolve => {
    outgoing.once('drain', resolve);
    outgoing.once('close', resolve);
  });
}

function isKind(text: string): text is RollUpKind {
  return text === 'seconds' || text === 'minutes' || text === 'people';
}

/** A whole number from 0 of the query. @throws HttpProblem 400 */
function numberOf(context: Context<Env>, name: string, absent: number): number {
  const text = context.req.query(name);
  if (text === undefined) return absent;
  if (/^\d{1,15}$/u.test(text)) return Number(text);
  throw bad(`${name} is no whole number`);
}

function bad(message: string): HttpProblem {
  return new HttpProblem(400, 'bad-input', message, 'GET /api/v1/openapi.json');
}
