import {z} from 'zod';
import {commandedShape, commandShapes, freezeShape, frozenShape, refusalShape} from './operate/shapes.ts';
import * as remote from './remote-schemas.ts';
import {
  answers,
  bodyName,
  commandPaths,
  doesOf,
  ERROR_WORDS,
  json,
  queryParameter,
  rawPaths,
  FEATURE_QUERY,
} from './openapi-paths.ts';
import * as shapes from './schemas.ts';

/** The interface as an OpenAPI 3.1 document. Requests and answers are checked by the same shapes. */
export function openApiDocument(version: string): object {
  const bearer = (scope: string) => [{token: [scope]}];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Graydeck',
      version,
      description: 'State of gray releases, feedback on them, and the side of a user.',
    },
    paths: {
      ...openPaths(),
      ...statusPaths(bearer('read')),
      ...inputPaths(bearer),
      ...evaluationPaths(bearer('evaluate')),
      ...rawPaths(bearer('read')),
      ...commandPaths(bearer),
    },
    components: {
      securitySchemes: {token: {type: 'http', scheme: 'bearer'}},
      schemas: Object.fromEntries([...SHAPES, ...BODIES].flatMap(schemasOf)),
    },
  };
}

/** Answers of every request that needs a token. */
const COMMON = [401, 403, 429] as const;

/** The paths that need no token. */
function openPaths(): object {
  return {
    '/healthz': {
      get: {
        summary: doesOf('/healthz'),
        responses: {
          ...answers('200', 'the store can be reached', json('Health'), []),
          ...answers('503', 'the store cannot be reached', json('Health'), []),
        },
      },
    },
    '/metrics': {
      get: {
        summary: doesOf('/metrics'),
        responses: answers('200', 'Prometheus text format', {'text/plain': {schema: {type: 'string'}}}, []),
      },
    },
    '/feedback-element.js': {
      get: {
        summary: 'the web component <graydeck-feedback>',
        responses: answers('200', 'JavaScript', {'text/javascript': {schema: {type: 'string'}}}, []),
      },
    },
  };
}

/** What is read of a release. */
function statusPaths(security: object): object {
  return {
    '/api/v1/canary/status': {
      get: {
        summary: doesOf('/api/v1/canary/status'),
        security,
        parameters: [FEATURE_QUERY],
        responses: answers('200', 'the document of status --json', json('Status'), [400, ...COMMON, 404]),
      },
    },
    '/api/v1/canary/events': {
      get: {
        summary: doesOf('/api/v1/canary/events'),
        description:
          'Events are named commit. Their id is the version, their data a graydeck.commit/1 document. An event named ' +
          'broken says that all events before it are void. The log follows from its first commit.',
        security,
        parameters: [
          FEATURE_QUERY,
          {name: 'Last-Event-ID', in: 'header', required: false, schema: {type: 'integer', minimum: 0}},
        ],
        responses: answers(
          '200',
          'a stream that lasts until the client ends it',
          {'text/event-stream': {schema: {type: 'string'}}},
          [400, ...COMMON, 404, 503],
        ),
      },
    },
  };
}

/** What is sent: feedback, and samples of who cannot reach the store. */
function inputPaths(bearer: (scope: string) => object): object {
  return {
    '/api/v1/canary/feedback': {
      post: {
        summary: doesOf('/api/v1/canary/feedback'),
        security: bearer('feedback'),
        requestBody: {required: true, content: json('Feedback')},
        responses: answers('201', 'written', json('FeedbackAccepted'), [400, ...COMMON, 404, 413, 415, 503]),
      },
    },
    '/api/v1/canary/feedback/stats': {
      get: {
        summary: doesOf('/api/v1/canary/feedback/stats'),
        security: bearer('read'),
        parameters: [
          FEATURE_QUERY,
          queryParameter('deployment_phase', 'only this phase'),
          queryParameter('deployment_version', 'only this version'),
        ],
        responses: answers('200', 'numbers', json('FeedbackStats'), [400, ...COMMON, 404, 503]),
      },
    },
    '/api/v1/canary/samples': {
      post: {
        summary: 'sends samples, all or none',
        security: bearer('write'),
        parameters: [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            description: 'a request repeated with it within ten minutes writes nothing',
            schema: {type: 'string'},
          },
        ],
        requestBody: {required: true, content: json('Samples')},
        responses: answers('202', 'written', json('SamplesWritten'), [
          400,
          ...COMMON,
          404,
          413,
          415,
          422,
          503,
        ]),
      },
    },
  };
}

/** The paths of OFREP. Their errors have the shape of that protocol. */
function evaluationPaths(security: object): object {
  const failed = (codes: readonly number[]) =>
    Object.fromEntries(
      codes.map(code => [String(code), {description: ERROR_WORDS[code] ?? '', content: json('FlagFailure')}]),
    );
  const requestBody = {required: true, content: json('Evaluation')};
  const header = (name: string) => ({name, in: 'header', required: false, schema: {type: 'string'}});
  const text = {'text/event-stream': {schema: {type: 'string'}}};
  return {
    '/ofrep/v1/evaluate/flags/{key}': {
      post: {
        summary: doesOf('/ofrep/v1/evaluate/flags/{key}'),
        security,
        parameters: [{name: 'key', in: 'path', required: true, schema: {type: 'string'}}],
        requestBody,
        responses: {
          200: {description: 'evaluated', content: json('Flag')},
          ...failed([400, 401, 403, 404, 413, 429, 500]),
        },
      },
    },
    '/ofrep/v1/evaluate/flags': {
      post: {
        summary: doesOf('/ofrep/v1/evaluate/flags'),
        security,
        parameters: [header('If-None-Match')],
        requestBody,
        responses: {
          200: {
            description: 'evaluated; a feature that cannot be evaluated stands in the list with its error',
            headers: {ETag: {schema: {type: 'string'}}},
            content: json('Flags'),
          },
          304: {description: 'nothing has changed since the answer that If-None-Match names'},
          ...failed([400, 401, 403, 413, 429]),
        },
      },
    },
    '/ofrep/v1/events': {
      get: {
        summary: doesOf('/ofrep/v1/events'),
        parameters: [
          {...queryParameter('ticket', 'from eventStreams of an evaluation of all features'), required: true},
          header('Last-Event-ID'),
        ],
        responses: {
          200: {description: 'a stream that lasts until the client ends it', content: text},
          ...failed([401, 403, 503]),
        },
      },
    },
  };
}

const SHAPES = [
  [shapes.feedbackShape, 'input'],
  [shapes.acceptedShape, 'output'],
  [shapes.statsShape, 'output'],
  [shapes.statusShape, 'output'],
  [shapes.errorShape, 'output'],
  [shapes.healthShape, 'output'],
  [remote.samplesShape, 'input'],
  [remote.samplesWrittenShape, 'output'],
  [remote.evaluationShape, 'input'],
  [remote.flagsShape, 'output'],
  [commandedShape, 'output'],
  [refusalShape, 'output'],
  [frozenShape, 'output'],
] as const;

/** The bodies of commands, each under its own name. */
const BODIES = Object.entries({...commandShapes, freeze: freezeShape}).map(
  ([name, shape]) => [shape.meta({id: bodyName(name)}), 'input'] as const,
);

/** A shape and its named parts, as OpenAPI component schemas. */
function schemasOf([shape, io]: readonly [z.ZodType, 'input' | 'output']): [string, unknown][] {
  const registry = z.registry<{id: string}>();
  const id = shape.meta()?.id;
  if (id !== undefined) registry.add(shape, {id});
  if (shape === (shapes.statusShape as z.ZodType))
    registry.add(shapes.statusShape.shape.sides.shape.prod, {id: 'Side'});
  if (shape === (remote.flagsShape as z.ZodType))
    for (const part of [remote.flagShape, remote.flagFailureShape])
      registry.add(part, {id: part.meta()?.id ?? ''});
  const {schemas} = z.toJSONSchema(registry, {io, uri: name => `#/components/schemas/${name}`});
  return Object.entries(schemas).map(([name, {$schema: _dialect, $id: _id, ...schema}]) => [name, schema]);
}
