import {readDuration} from '../values.ts';
import {type Problem} from '../yaml/mistake.ts';
import {quote} from '../../text/quote.ts';

/** A piece of a condition and its offset in the text. */
export interface Token {
  kind: 'sign' | 'number' | 'word';
  text: string;
  at: number;
}

const METRIC = /^\s*(?<metric>[^\s<>=!≤≥≠]+)/u;
const PIECE =
  /(?<sign>[<>=!≤≥≠]+)|(?<number>[-+]?(?:\d+(?:[.,]\d+)*|\.\d+))|(?<word>[%‰]|\/\s*\p{L}+|[^\s<>=!≤≥≠\d%‰]+)/gu;

/** Full-width signs as an input method writes them: `＜ ５％`. One letter for one letter, so that offsets stay. */
function halfWidth(text: string): string {
  return text
    .replace(/[\u{ff01}-\u{ff5e}]/gu, letter => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0xfee0))
    .replaceAll('\u3000', ' ');
}

/** The name of the metric, which may hold digits, and the pieces after it. */
export function tokensOf(text: string): {metric: Token | null; rest: Token[]} {
  const plain = halfWidth(text);
  const match = METRIC.exec(plain);
  const metric = match?.groups?.['metric'];
  if (match === null || metric === undefined) return {metric: null, rest: []};
  const start = match[0].length;
  const rest = [...plain.slice(start).matchAll(PIECE)].map((piece): Token => {
    const kind =
      piece.groups?.['sign'] !== undefined
        ? 'sign'
        : piece.groups?.['number'] !== undefined
          ? 'number'
          : 'word';
    return {kind, text: piece[0], at: start + piece.index};
  });
  return {metric: {kind: 'word', text: metric, at: start - metric.length}, rest};
}

export interface Clauses {
  overMs?: number;
  minRequests?: number;
}

/** `over D` and `min N requests`, in either order, until the end. */
export function takeClauses(tokens: Token[], text: string, problems: Problem[]): Clauses {
  const clauses: Clauses = {};
  while (tokens.length > 0) {
    const [token] = tokens;
    if (token === undefined) break;
    const word = token.text.toLowerCase();
    if (word === 'over' && clauses.overMs === undefined) clauses.overMs = takeOver(tokens, text, problems);
    else if (word === 'min' && clauses.minRequests === undefined)
      clauses.minRequests = takeMinimum(tokens, text, problems);
    else {
      problems.push({...unexpected(word), found: token.text, at: token.at});
      break;
    }
  }
  return clauses;
}

function takeOver(tokens: Token[], text: string, problems: Problem[]): number {
  const over = tokens.shift();
  const stop = tokens.findIndex(
    (token, index) => token.text === 'min' && tokens[index + 1]?.kind === 'number',
  );
  const part = tokens.splice(0, stop === -1 ? tokens.length : stop);
  const start = part[0]?.at ?? text.length;
  const last = part.at(-1);
  const written = last === undefined ? '' : text.slice(start, last.at + last.text.length);
  const reading = readDuration(written);
  if (reading.ok && reading.value > 0) return reading.value;
  const message = reading.ok
    ? 'a window of no time holds no data'
    : `over needs a time: ${reading.problems[0].message}`;
  problems.push({
    message: written === '' ? 'over needs a time' : message,
    allowed: 'over 5m, over 1h30m',
    found: written === '' ? 'nothing' : written,
    at: part[0]?.at ?? over?.at ?? start,
  });
  return 0;
}

function takeMinimum(tokens: Token[], text: string, problems: Problem[]): number {
  const [min, number, word] = tokens.splice(0, 3);
  const isRight =
    number?.kind === 'number' && /^\d{1,9}$/u.test(number.text) && /^requests?$/iu.test(word?.text ?? '');
  if (isRight) return Number(number.text);
  problems.push({
    message: 'min needs a whole number of requests',
    allowed: 'min 200 requests',
    found: text.slice(min?.at ?? 0).trim(),
    at: min?.at ?? 0,
  });
  return 0;
}

function unexpected(word: string): Pick<Problem, 'message' | 'allowed'> {
  if (word === 'for')
    return {
      message: '"for" is a key of a guardrail, not a part of its condition',
      allowed:
        '{when: "error_rate > 10 %", for: 5m, then: rollback}; or over 5m for the length of the window',
    };
  if (['and', 'or', '&&', '||', '&', '|', ','].includes(word))
    return {
      message: 'a condition compares one metric',
      allowed: 'several entries: criteria must all hold, each guardrail acts by itself',
    };
  return {message: `${quote(word)} is not understood here`, allowed: 'over TIME, min N requests, or the end'};
}
