import {Hono, type MiddlewareHandler} from 'hono';
import {cors} from 'hono/cors';
import {addApiRoutes} from './api.ts';
import {clientAddress} from './client-address.ts';
import {remoteAddressOf, JSON_TYPE, type AppOptions, type Env} from './env.ts';
import {Followers} from './followers.ts';
import {openLimits, type RateLimits} from './limits.ts';
import {addOfrepRoutes, flagOfPath} from './ofrep-routes.ts';
import {refusalDocument} from './ofrep.ts';
import {openApiDocument} from './openapi.ts';
import {addPageRoutes} from './page/routes.ts';
import {HttpProblem, problemDocument, httpProblemOf, tooOften} from './problem.ts';
import {routeOf, routesOf} from './routes.ts';
import {addSampleRoute} from './samples.ts';
import {clientOf, type Client} from './tokens.ts';

/** Seconds that a browser may cache a preflight answer. */
const PREFLIGHT_S = 600;

/** Seconds that a browser may keep the web component. */
const ELEMENT_S = 300;

/** Creates the HTTP interface: authentication, limits and routes. `close` ends the streams. */
export function createApp(options: AppOptions): {app: Hono<Env>; close(): void} {
  const {clients, metrics} = options;
  const app = new Hono<Env>();
  const limits = openLimits();
  const followers = new Followers();
  measureAndExplain(app, options);
  addOpenRoutes(app, options, limits);
  const openApi = JSON.stringify(openApiDocument(options.version));

  const crossOrigin = crossOriginOf(options.origins);
  if (options.element !== undefined) addElement(app, options.element, crossOrigin);
  app.use('/api/*', crossOrigin);
  app.use('/ofrep/*', crossOrigin);
  app.use(
    '/api/*',
    authenticated(options, limits, client => limits.clients.take(client.name, performance.now())),
  );
  app.use(
    '/ofrep/v1/evaluate/*',
    authenticated(options, limits, (client, address) =>
      limits.evaluations.take(`${client.name} ${address}`, performance.now()),
    ),
  );
  app.get('/api/v1/openapi.json', context => context.body(openApi, 200, JSON_TYPE));
  addApiRoutes(app, options, {limits, followers});
  addSampleRoute(app, options);
  const ofrep = addOfrepRoutes(app, options);
  metrics.watchFollowers(() => followers.size + ofrep.followers());
  const page = options.page === undefined ? null : addPageRoutes(app, options.page, clients);
  return {
    app,
    close() {
      followers.close();
      ofrep.close();
      page?.close();
    },
  };
}

/** Counts and times every request, and answers errors, unknown paths and wrong methods with a problem. */
function measureAndExplain(app: Hono<Env>, {metrics, onFault, trusts = () => false}: AppOptions): void {
  app.use(async (context, next) => {
    const began = performance.now();
    const {remoteAddress = ''} = context.env.incoming.socket;
    context.set('address', clientAddress(remoteAddress, context.req.header('x-forwarded-for'), trusts));
    context.header('x-content-type-options', 'nosniff');
    context.header('cache-control', 'no-store');
    await next();
    metrics.answered(routeOf(context.req.path), context.res.status, performance.now() - began);
  });
  app.onError((error, context) => {
    const problem = httpProblemOf(error);
    if (problem.status === 500) onFault(error);
    for (const [name, value] of Object.entries(problem.more.headers ?? {})) context.header(name, value);
    const {path} = context.req;
    const isOfrep = path.startsWith('/ofrep/');
    return context.json(
      isOfrep ? refusalDocument(problem, flagOfPath(path)) : problemDocument(problem),
      problem.status,
    );
  });
  app.notFound(context => {
    const {path} = context.req;
    const allowed = routesOf(path)
      .map(({method}) => method)
      .join(', ');
    const problem =
      allowed === ''
        ? new HttpProblem(404, 'no-such-path', 'the path is unknown', 'GET /api/v1/openapi.json')
        : new HttpProblem(405, 'wrong-method', `${routeOf(path)} takes ${allowed}`, `use ${allowed}`);
    if (allowed !== '') context.header('allow', allowed);
    return context.json(problemDocument(problem), problem.status);
  });
}

/** Adds the routes that need no token. */
function addOpenRoutes(app: Hono<Env>, {served, metrics}: AppOptions, limits: RateLimits): void {
  for (const path of ['/healthz', '/metrics'])
    app.use(path, async (context, next) => {
      const waitMs = limits.open.take(remoteAddressOf(context), performance.now());
      if (waitMs > 0) throw tooOften(waitMs);
      await next();
    });
  app.get('/healthz', context => {
    const isUp = served.health().state === 'up';
    const state = isUp ? 'up' : 'away';
    const document = {schema: 'graydeck.health/1', state, features: served.names().length};
    return context.json(document, isUp ? 200 : 503);
  });
  app.get('/metrics', async context =>
    context.body(await metrics.text(), 200, {'content-type': metrics.type}),
  );
}

/** Lets scripts of these origins read answers; a script of another one may not. */
function crossOriginOf(origins: readonly string[]): MiddlewareHandler<Env> {
  return cors({
    origin: origin => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST'],
    allowHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'if-none-match',
      'last-event-id',
      'x-api-key',
    ],
    exposeHeaders: ['etag', 'retry-after'],
    maxAge: PREFLIGHT_S,
  });
}

function addElement(app: Hono<Env>, element: string, crossOrigin: MiddlewareHandler<Env>): void {
  app.get('/feedback-element.js', crossOrigin, context => {
    context.header('cache-control', `public, max-age=${ELEMENT_S}`);
    return context.body(element, 200, {'content-type': 'text/javascript; charset=utf-8'});
  });
}

/**
 * Lets only requests with a known token pass, by `Authorization: Bearer` or `X-API-Key`. @param take takes one request of a client
 * from an address, and answers how many milliseconds it has to wait
 */
function authenticated(
  {clients}: Pick<AppOptions, 'clients'>,
  {strangers}: Pick<RateLimits, 'strangers'>,
  take: (client: Client, address: string) => number,
): MiddlewareHandler<Env> {
  return async (context, next) => {
    const key = context.req.header('x-api-key');
    const client = clientOf(
      clients,
      context.req.header('authorization') ?? (key === undefined ? undefined : `Bearer ${key}`),
    );
    const address = remoteAddressOf(context);
    const waitMs = client === null ? strangers.take(address, performance.now()) : take(client, address);
    if (waitMs > 0) throw tooOften(waitMs);
    if (client === null)
      throw new HttpProblem(
        401,
        'no-token',
        'this request needs a known token',
        'Authorization: Bearer TOKEN',
        {
          headers: {'www-authenticate': 'Bearer'},
        },
      );
    context.set('client', client);
    await next();
  };
}
