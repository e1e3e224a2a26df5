import type {TokenScope} from './tokens.ts';

/** A route as documents and labels name it. */
export interface Route {
  method: 'GET' | 'POST';
  /** A part in braces stands for any text. */
  path: string;
  /** The scope that a token needs; null: any token, or none outside of `/api`. */
  scope: TokenScope | null;
  /** What it does, for documents. */
  does: string;
}

const open = (path: string, does: string): Route => ({method: 'GET', path, scope: null, does});
const canary =
  (method: Route['method'], scope: TokenScope) =>
  (path: string, does: string): Route => ({
    method,
    path: `/api/v1/canary/${path}`,
    scope,
    does,
  });
const raw = (path: string, does: string): Route => ({
  method: 'GET',
  path: `/api/v1/raw/${path}`,
  scope: 'read',
  does,
});
const read = canary('GET', 'read');
const command = canary('POST', 'operate');

/** All routes outside of the page. */
export const ROUTES: readonly Route[] = [
  open('/healthz', 'state of the store'),
  open('/metrics', 'metrics for Prometheus'),
  open('/api/v1/openapi.json', 'this interface as an OpenAPI document, for any token'),
  read('status', 'state of the release'),
  read('events', 'the log as server-sent events, from the first one or after Last-Event-ID'),
  canary('POST', 'feedback')('feedback', 'sends feedback on a version'),
  read('feedback/stats', 'feedback in numbers, by phase and version'),
  open('/feedback-element.js', 'the web component <graydeck-feedback>'),
  canary('POST', 'write')('samples', 'sends samples, all or none'),
  raw('features', 'all features and the freeze, for graydeck --server'),
  raw('state', 'routers, guard and newest sample of a feature'),
  raw('log', 'commits after a version; waits for the next'),
  raw('samples', 'samples since a moment, or after an id as they come'),
  raw('rollups', 'seconds, minutes or people since a moment'),
  raw('feedback', 'feedback since a moment'),
  raw('outputs', 'what steps printed, with the scope operate'),
  command('start', 'begins a release'),
  command('rollback', 'takes everything back, now'),
  command('pause', 'pauses the release'),
  command('resume', 'resumes a paused release'),
  command('next', 'enters the next phase'),
  command('set', 'sets the percent'),
  command('retry', 'runs the failed step again'),
  command('complete', 'promotes the version'),
  command('disable', 'gives prod to everyone and keeps the release'),
  command('enable', 'ends that'),
  command('approve', "gives the second person's yes"),
  command('audience', 'includes, denies or removes a user'),
  command('alerts', 'raises an alert'),
  command('alerts/{id}/ack', 'acknowledges an alert'),
  command('alerts/silence', 'silences alerts for a time'),
  command('freeze', 'freezes raises of every feature, or lifts the freeze'),
  {
    method: 'POST',
    path: '/ofrep/v1/evaluate/flags/{key}',
    scope: 'evaluate',
    does: 'whether a user gets gray, by the OpenFeature Remote Evaluation Protocol',
  },
  {method: 'POST', path: '/ofrep/v1/evaluate/flags', scope: 'evaluate', does: 'the same of all features'},
  open(
    '/ofrep/v1/events',
    'server-sent events that ask for another evaluation, since decisions may have changed',
  ),
];

const EXACT: ReadonlyMap<string, readonly Route[]> = Map.groupBy(ROUTES, ({path}) => path);
const TEMPLATES = ROUTES.filter(({path}) => path.includes('{')).map(route => ({
  route,
  shape: new RegExp(`^${route.path.replaceAll(/\{\w+\}/gu, '[^/]+')}$`, 'u'),
}));

/** The routes of a path, one for each method; empty: the path is unknown. */
export function routesOf(path: string): readonly Route[] {
  const exact = EXACT.get(path);
  if (exact !== undefined) return exact;
  return TEMPLATES.filter(({shape}) => shape.test(path)).map(({route}) => route);
}

/** The route label of a path. All unknown paths share one label, so that metrics stay bounded. */
export function routeOf(path: string): string {
  return routesOf(path)[0]?.path ?? 'other';
}
