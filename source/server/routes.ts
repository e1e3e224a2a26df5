/** Every path there is. */
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

/** A path as a label: what nobody serves is one label, however many are tried. */
export function routeOf(path: string): string {
  return PATHS.has(path) ? path : 'other';
}
