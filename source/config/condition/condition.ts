import type {Condition, Operator} from '../../release/plan.ts';
import {type Token, takeClauses, tokensOf} from './clauses.ts';
import {readThreshold} from './threshold.ts';
import type {MetricBook, MetricKind} from './metric-book.ts';
import {bad, good, type Problem, type Reading} from '../yaml/mistake.ts';
import {quote} from '../../text/quote.ts';

/** How far a condition looks back where it does not say, in milliseconds. */
export const DEFAULT_OVER_MS = 300_000;
/**
 * Fewest gray requests in the window where a condition does not say, for metrics made of requests: the fewest a 95th
 * percentile can be read from. Without a floor one error in one request would be 100 %.
 */
export const DEFAULT_MIN_REQUESTS = 20;

export const GRAMMAR =
  'METRIC [improvement] < <= > >= (VALUE [UNIT] or Nx prod) [over TIME] [min N requests]';

const SIGNS: Readonly<Record<string, Operator>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '≤': '<=',
  '≥': '>=',
};

/**
 * Reads `METRIC [improvement] OP (VALUE [UNIT] | Nx prod) [over D] [min N requests]`. Everything that is wrong is named
 * at once, each with its offset in `text`. Whether the direction makes sense is judged elsewhere: it depends on the use.
 */
export function readCondition(text: string, book: MetricBook): Reading<Condition> {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const {metric, rest} = tokensOf(text);
  if (metric === null) return bad({message: 'a condition names no metric', allowed: GRAMMAR});

  const {name, isJoined} = splitImprovement(metric.text, book);
  const kind = book.find(name);
  if (kind === null) problems.push(unknownMetric(metric, name, book));
  const tokens = [...rest];
  const isSaid = tokens[0]?.text.toLowerCase() === 'improvement';
  if (isSaid) tokens.shift();
  const isImprovement = isJoined || isSaid;
  if (isImprovement && kind !== null && kind.unit !== 'percent')
    problems.push({
      message: `improvement is counted in percentage points; ${quote(name)} is not a percentage`,
      allowed: `a multiple of prod: ${name} ${kind.better === 'higher' ? '> 1.1x prod' : '< 0.9x prod'}`,
      found: 'improvement',
      at: metric.at,
    });

  const op = takeSign(tokens, text, problems);
  const threshold = readThreshold(tokens, {kind, isImprovement, name, end: text.length});
  if (threshold.ok) warnings.push(...(threshold.warnings ?? []));
  // Without a sign nearly every token is out of place: one mistake is enough then.
  else if (op !== null) problems.push(...threshold.problems);
  const clauses = op === null ? {} : takeClauses(tokens, text, problems);

  const [first, ...more] = problems;
  if (first !== undefined) return bad(first, ...more);
  if (kind === null || op === null || !threshold.ok)
    return bad({message: 'not a condition', allowed: GRAMMAR});
  return good(
    {
      text: text.trim().replace(/\s+/gu, ' '),
      metric: kind.name,
      improvement: isImprovement,
      op,
      threshold: threshold.value,
      overMs: clauses.overMs ?? DEFAULT_OVER_MS,
      minRequests: clauses.minRequests ?? defaultMinimum(kind),
      ...(clauses.minRequests === undefined ? {} : {proof: 'requests'}),
    },
    warnings,
  );
}

function defaultMinimum(kind: MetricKind): number {
  return kind.needsRequests ? DEFAULT_MIN_REQUESTS : 0;
}

/** `conversion_rate_improvement` is a name people use for the improvement of the conversion rate. */
function splitImprovement(name: string, book: MetricBook): {name: string; isJoined: boolean} {
  const plain = name.replace(/_improvement$/u, '');
  return plain !== name && book.find(name) === null ? {name: plain, isJoined: true} : {name, isJoined: false};
}

function unknownMetric(token: Token, name: string, book: MetricBook): Problem {
  const meant = book.nearest(name);
  return {
    message: `no metric is called ${quote(name)}${meant === null ? '' : `; did you mean ${meant}?`}`,
    allowed: `${book.names.join(', ')}; others once they are declared under metrics: in graydeck.yaml`,
    found: token.text,
    at: token.at,
  };
}

function takeSign(tokens: Token[], text: string, problems: Problem[]): Operator | null {
  const [token] = tokens;
  if (token?.kind === 'sign') {
    tokens.shift();
    const op = SIGNS[token.text];
    if (op !== undefined) return op;
    const meant = SIGNS[Array.from(token.text).toReversed().join('')];
    problems.push({
      message:
        meant === undefined
          ? `${quote(token.text)} has no direction, and nothing measured stays exactly equal`
          : `${quote(token.text)} is written ${meant}`,
      allowed: '< <= > >=',
      found: token.text,
      at: token.at,
    });
    return null;
  }
  problems.push({
    message: 'the condition has no direction: above or below?',
    allowed: `< <= > >= before the value; in full: ${GRAMMAR}`,
    found: token?.text ?? 'nothing',
    at: token?.at ?? text.length,
  });
  return null;
}
