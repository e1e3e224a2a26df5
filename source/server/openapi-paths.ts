import {ROUTES} from './routes.ts';

export const ERROR_WORDS: Readonly<Record<string, string>> = {
  400: 'invalid input',
  401: 'no known token',
  403: 'the token lacks the scope',
  404: 'no such feature',
  409: 'refused in this state',
  413: 'the body is too large',
  415: 'the body is no JSON',
  422: 'invalid input, or not confirmed',
  429: 'too many requests',
  500: 'the server cannot answer now',
  503: 'the store cannot be reached',
};

export const queryParameter = (name: string, description: string) => ({
  name,
  in: 'query',
  required: false,
  description,
  schema: {type: 'string'},
});
export const FEATURE_QUERY = queryParameter('feature', 'may be left out if there is only one feature');
const refers = (id: string) => ({$ref: `#/components/schemas/${id}`});
export const json = (id: string) => ({'application/json': {schema: refers(id)}});

export function answers(status: string, description: string, content: object, errors: readonly number[]) {
  const failed = errors.map(code => [
    String(code),
    {description: ERROR_WORDS[code] ?? '', content: json(code === 409 ? 'Refusal' : 'Error')},
  ]);
  return {[status]: {description, content}, ...(Object.fromEntries(failed) as object)};
}

export function doesOf(path: string): string {
  return ROUTES.find(route => route.path === path)?.does ?? '';
}

/** What a command line reads through a server. The bodies belong to it and may change with it. */
const RAW: Readonly<Record<string, readonly string[]>> = {
  features: [],
  state: ['feature'],
  log: ['feature', 'after', 'waitMs'],
  samples: ['feature', 'since', 'after'],
  rollups: ['feature', 'kind', 'since'],
  feedback: ['feature', 'since', 'after'],
  outputs: ['feature'],
};

export function rawPaths(security: object): object {
  return Object.fromEntries(
    Object.entries(RAW).map(([name, parameters]) => {
      const path = `/api/v1/raw/${name}`;
      const isLines = name === 'samples' || name === 'rollups';
      const content = {[isLines ? 'application/x-ndjson' : 'application/json']: {schema: {}}};
      const get = {
        summary: doesOf(path),
        security,
        parameters: parameters.map(one => queryParameter(one, '')),
        responses: answers(
          '200',
          'as this version of graydeck reads it',
          content,
          [400, 401, 403, 404, 429, 503],
        ),
      };
      return [path, {get}];
    }),
  );
}

export function commandPaths(bearer: (scope: string) => object): object {
  const commands = ROUTES.filter(({scope}) => scope === 'operate');
  return Object.fromEntries(
    commands.map(({path, does}) => {
      const ids = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: {type: 'string'},
      }));
      const key = {name: 'Idempotency-Key', in: 'header', required: false, schema: {type: 'string'}};
      const isFreeze = path.endsWith('/freeze');
      const post = {
        summary: does,
        security: bearer('operate'),
        parameters: [...ids, key],
        requestBody: {required: true, content: json(bodyName(path))},
        responses: answers(
          '200',
          'what came of it',
          json(isFreeze ? 'Frozen' : 'Commanded'),
          [401, 403, 404, 409, 413, 415, 422, 429, 503],
        ),
      };
      return [path, {post}];
    }),
  );
}

/** `alerts/{id}/ack` → `AckBody`. */
export function bodyName(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return `${last.charAt(0).toUpperCase()}${last.slice(1)}Body`;
}
