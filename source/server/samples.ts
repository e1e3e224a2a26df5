import {hash} from 'node:crypto';
import type {Hono} from 'hono';
import {MetricTable} from '../analysis/metric-table.ts';
import {Sample} from '../analysis/sample.ts';
import {SampleParser} from '../metrics/sample.ts';
import {readOnly} from './api.ts';
import type {AppOptions, Env} from './env.ts';
import {AnswerMemory, type SentAnswer} from './operate/answer-memory.ts';
import {HttpProblem, limitBody} from './problem.ts';
import {featureOf, type ServedFeature} from './served.ts';
import {need} from './tokens.ts';

/** Largest body, bytes, and most samples in it. */
const MOST_BYTES = 512 * 1024;
const MOST_SAMPLES = 1000;
/** Mistakes that an answer names. */
const MOST_MISTAKES = 20;
/** Adds the route of samples, for programs that do not reach the store. The client is authenticated before. */
export function addSampleRoute(app: Hono<Env>, {served, isReadOnly}: AppOptions): void {
  const answers = new AnswerMemory();
  app.post('/api/v1/canary/samples', limitBody(MOST_BYTES), async context => {
    const client = context.get('client');
    need(client, 'write');
    if (isReadOnly) throw readOnly();
    if (!/^application\/json\s*(;|$)/iu.test(context.req.header('content-type') ?? ''))
      throw new HttpProblem(415, 'no-json', 'samples must be JSON', 'Content-Type: application/json');
    const text = await context.req.text();
    const write = async (): Promise<SentAnswer> => {
      const body = bodyOf(text);
      const feature = featureOf(served, body.feature);
      const entries = entriesOf(body.samples, feature);
      await feature.writeSamples(entries);
      return {
        status: 202,
        body: {schema: 'graydeck.samples/1', feature: feature.name, written: entries.length},
      };
    };
    const key = context.req.header('idempotency-key');
    const request = {client: client.name, key: key ?? '', request: text, now: performance.now()};
    const {status, body} = await (key === undefined ? write() : answers.once(request, write));
    return context.json(body, status);
  });
}

/**
 * Samples as entries of the stream. Each is checked as a reader of the stream checks it, so that what is accepted is counted. If one
 * is wrong, none is written. @throws HttpProblem 422
 */
function entriesOf(samples: readonly unknown[], {name, declared}: ServedFeature): string[][] {
  const parser = new SampleParser(new MetricTable(declared));
  const sample = new Sample();
  const mistakes: {field: string; message: string}[] = [];
  const entries: string[][] = [];
  for (const [index, one] of samples.entries()) {
    const fields = fieldsOf(one);
    const wrong = typeof fields === 'string' ? fields : parser.parse(fields, 0, sample);
    if (wrong !== null) mistakes.push({field: `samples[${index}]`, message: wrong});
    else if (typeof fields !== 'string') entries.push(withoutIds(fields, name));
  }
  const [first] = mistakes;
  if (first !== undefined)
    throw new HttpProblem(
      422,
      'bad-input',
      `${first.field}: ${first.message}`,
      'see mistakes; nothing was written',
      {
        mistakes: mistakes.slice(0, MOST_MISTAKES),
      },
    );
  return entries;
}

function bodyOf(text: string): {feature: string | undefined; samples: readonly unknown[]} {
  const bad = (message: string) =>
    new HttpProblem(422, 'bad-input', message, '{"samples": [{"side": "gray", "requests": 1, "errors": 0}]}');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new HttpProblem(
      400,
      'bad-input',
      'the body is no JSON',
      'GET /api/v1/openapi.json shows its shape',
    );
  }
  if (typeof body !== 'object' || body === null) throw bad('the body is no object');
  const {feature, samples} = body as {feature?: unknown; samples?: unknown};
  if (feature !== undefined && typeof feature !== 'string') throw bad('feature is no text');
  if (!Array.isArray(samples)) throw bad('samples is no list');
  if (samples.length === 0) throw bad('samples is empty');
  if (samples.length > MOST_SAMPLES)
    throw bad(`there are ${samples.length} samples, and a request takes at most ${MOST_SAMPLES}`);
  return {feature, samples};
}

/** A sample as alternating names and values; a text: what is wrong with it. */
function fieldsOf(sample: unknown): string[] | string {
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) return 'no object';
  const fields: string[] = [];
  for (const [name, value] of Object.entries(sample)) {
    if (typeof value !== 'string' && typeof value !== 'number')
      return `${name.slice(0, 40)} is neither a number nor a text`;
    fields.push(name, String(value));
  }
  return fields;
}

/** The id of a person is replaced by its hash: the store never holds it. The same id of a feature always has the same hash. */
function withoutIds(fields: readonly string[], feature: string): string[] {
  return fields.map((value, at) =>
    at % 2 === 1 && fields[at - 1] === 'person' && value !== ''
      ? hash('sha256', `${feature} ${value}`, 'base64url').slice(0, 22)
      : value,
  );
}
