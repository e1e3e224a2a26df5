/** All paths; `:name` stands for one segment. */
export const ROUTES = [
  {method: 'GET', path: '/healthz'},
  {method: 'GET', path: '/metrics'},
  {method: 'GET', path: '/api/v1/openapi.json'},
  {method: 'GET', path: '/api/v1/canary/status'},
  {method: 'GET', path: '/api/v1/canary/events'},
  {method: 'POST', path: '/api/v1/canary/feedback'},
  {method: 'GET', path: '/api/v1/canary/feedback/stats'},
  {method: 'POST', path: '/ofrep/v1/evaluate/flags'},
  {method: 'POST', path: '/ofrep/v1/evaluate/flags/:key'},
  {method: 'GET', path: '/ofrep/v1/events'},
] as const;

type Route = (typeof ROUTES)[number];

const BY_PATH = new Map<string, Route>(ROUTES.map(route => [route.path, route]));
const PATTERNS = ROUTES.filter(({path}) => path.includes(':')).map(
  route => [new RegExp(`^${route.path.replaceAll(/:\w+/gu, '[^/]+')}$`, 'u'), route] as const,
);

/** The route of a path; undefined if the path is unknown. */
export function findRoute(path: string): Route | undefined {
  return BY_PATH.get(path) ?? PATTERNS.find(([pattern]) => pattern.test(path))?.[1];
}

/** The route label of a path. All unknown paths share one label, so that metrics stay bounded. */
export function routeOf(path: string): string {
  return findRoute(path)?.path ?? 'other';
}
