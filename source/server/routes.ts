/** All paths. */
export const ROUTES = [
  {method: 'GET', path: '/healthz'},
  {method: 'GET', path: '/metrics'},
  {method: 'GET', path: '/api/v1/openapi.json'},
  {method: 'GET', path: '/api/v1/canary/status'},
  {method: 'GET', path: '/api/v1/canary/events'},
  {method: 'POST', path: '/api/v1/canary/feedback'},
  {method: 'GET', path: '/api/v1/canary/feedback/stats'},
] as const;

const PATHS: ReadonlySet<string> = new Set(ROUTES.map(({path}) => path));

/** The route label of a path. All unknown paths share one label, so that metrics stay bounded. */
export function routeOf(path: string): string {
  return PATHS.has(path) ? path : 'other';
}
