import {hash} from 'node:crypto';
import {FLAG_REASONS, type Decision} from '../audience/decide.ts';
import type {User} from '../audience/rule.ts';
import type {HttpProblem} from './problem.ts';

/** A feature as the protocol evaluates it. */
export interface EvaluatedFeature {
  readonly name: string;
  /** The decision of every router, by the newest split. Never throws. */
  decide(user: User): Decision;
  /** Counts a decision as routed. Never throws. */
  count(decision: Decision): void;
  /** Log version from which on decisions have followed the same split. */
  since(): number;
  /** Name of the attribute that is hashed in place of the id; null: the id. */
  bucketBy(): string | null;
}

/** The features that clients may evaluate. */
export interface Evaluation {
  names(): string[];
  get(name: string): EvaluatedFeature | null;
  /** Calls the function after each change that may change decisions. @returns a function that ends the calls */
  watch(onChange: () => void): () => void;
}

type FailureCode = 'PARSE_ERROR' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'FLAG_NOT_FOUND' | 'GENERAL';
const STATUS = {
  PARSE_ERROR: 400,
  TARGETING_KEY_MISSING: 400,
  INVALID_CONTEXT: 400,
  FLAG_NOT_FOUND: 404,
  GENERAL: 500,
} as const satisfies Record<FailureCode, number>;

/** An evaluation that failed. `status` is that of its answer when it is asked for alone. */
interface Failure {
  ok: false;
  status: (typeof STATUS)[FailureCode];
  code: FailureCode;
  details: string;
}
/** Evaluated: the answer as JSON. */
type Evaluated = {ok: true; json: string};

/** The context of a request: the user of the decision, and whether the request names one. */
export interface EvaluationContext {
  user: User;
  hasKey: boolean;
}

const SHAPE = '{"context": {"targetingKey": "u-42", "country": "CN"}}';

/** Reads the body of an evaluation. */
export function readEvaluation(text: string): {ok: true; context: EvaluationContext} | Failure {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return failure('PARSE_ERROR', `the body is no JSON: send ${SHAPE}`);
  }
  if (!isObject(body)) return failure('PARSE_ERROR', `the body is no object: send ${SHAPE}`);
  const {context = {}} = body;
  if (!isObject(context)) return failure('INVALID_CONTEXT', `context is no object: send ${SHAPE}`);
  const {targetingKey = null, ...attributes} = context;
  if (targetingKey !== null && typeof targetingKey !== 'string' && typeof targetingKey !== 'number')
    return failure('INVALID_CONTEXT', 'targetingKey is neither a text nor a number');
  const hasKey = targetingKey !== null && targetingKey !== '';
  return {ok: true, context: {user: {...attributes, id: targetingKey}, hasKey}};
}

/** Answers by decision: users with the same answer share one object, so that each answer is written once. */
const ANSWERS = new WeakMap<Decision, {since: number; json: string}>();

/** Evaluates a feature: the value is whether the side is gray, the variant is the side. */
function evaluate(feature: EvaluatedFeature, {user, hasKey}: EvaluationContext): Evaluated | Failure {
  const bucketBy = feature.bucketBy();
  if (!hasKey && (bucketBy === null || user[bucketBy] === undefined))
    return failure('TARGETING_KEY_MISSING', 'context.targetingKey is missing: send the id of the user');
  const decision = feature.decide(user);
  const {side, reason, cohort, version, release} = decision;
  if (reason === 'unknown') return failure('GENERAL', 'no split is known yet: try again');
  if (reason === 'fault') return failure('GENERAL', 'the context cannot be used');
  if (version === 0) return failure('FLAG_NOT_FOUND', 'this feature was never released');
  feature.count(decision);
  const since = feature.since();
  const known = ANSWERS.get(decision);
  if (known?.since === since) return {ok: true, json: known.json};
  const metadata = {reason, cohort, version: since, ...(release === null ? {} : {release})};
  const answer = {key: feature.name, value: side === 'gray', variant: side, reason: FLAG_REASONS[reason]};
  const json = JSON.stringify({...answer, metadata});
  ANSWERS.set(decision, {since, json});
  return {ok: true, json};
}

/** Evaluates one feature by its name. @param isUp whether the store can be read; if not, an unknown feature may exist */
export function evaluateOne(
  evaluation: Evaluation,
  name: string,
  context: EvaluationContext,
  isUp: boolean,
): Evaluated | Failure {
  const feature = evaluation.get(name);
  if (feature !== null) return evaluate(feature, context);
  return isUp
    ? failure('FLAG_NOT_FOUND', 'no feature has this name')
    : failure('GENERAL', 'the store cannot be reached: try again');
}

/**
 * Evaluates every feature. A feature that cannot be evaluated stands in the list with its error, so that one does not hide the
 * others. `etag` changes with the answer. @param events path of the stream of changes
 */
export function evaluateAll(
  evaluation: Evaluation,
  context: EvaluationContext,
  events: string,
): {json: string; etag: string} {
  const flags = evaluation
    .names()
    .toSorted()
    .flatMap(name => evaluation.get(name) ?? [])
    .map(feature => {
      const evaluated = evaluate(feature, context);
      return evaluated.ok ? evaluated.json : JSON.stringify(failureDocument(evaluated, feature.name));
    });
  const stream = {type: 'sse', endpoint: {requestUri: events}, inactivityDelaySec: INACTIVE_S};
  const json = `{"flags":[${flags.join()}],"eventStreams":[${JSON.stringify(stream)}]}`;
  return {json, etag: `"${hash('sha256', json, 'base64url').slice(0, 22)}"`};
}
/** Seconds after which a page that its user does not look at ends its stream. */
const INACTIVE_S = 120;

/** Whether the header `If-None-Match` names this entity. */
export function isNamed(etag: string, header: string | undefined): boolean {
  return (header ?? '')
    .split(',')
    .map(one => one.trim().replace(/^W\//u, ''))
    .some(one => one === etag || one === '*');
}

/** The document of a failure. */
export function failureDocument({code, details}: Pick<Failure, 'code' | 'details'>, key?: string): object {
  return {...(key === undefined ? {} : {key}), errorCode: code, errorDetails: details};
}

/** A refused request in the words of the protocol. */
export function refusalDocument({message, next}: HttpProblem, key?: string): object {
  return failureDocument({code: 'GENERAL', details: `${message}: ${next}`}, key);
}

function failure(code: FailureCode, details: string): Failure {
  return {ok: false, status: STATUS[code], code, details};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
