import {failed, type Tried} from './channel.ts';
import {HttpClient, refusalOfProxy} from '../http/client.ts';
import {BadProxy} from '../http/proxy.ts';
import {without} from '../http/secret.ts';
import {startOf} from '../release/well-formed.ts';
import {isRecord, isText} from '../release/shape.ts';
import {own} from '../release/name.ts';

export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Never told, whatever the receiver answers. */
  secrets: readonly string[];
  /** Reads the body of an answer of 2xx; left out: `plainNo`. */
  noOf?: (answer: string) => No | null;
}

/** Why an answer is no yes, though its status is 2xx. */
export interface No {
  why: string;
  /** To try again would change nothing. */
  isFinal: boolean;
}

const http = new HttpClient();

const ANSWER_AT_MOST = 2048;
const TOLD_AT_MOST = 80;
/** Answers by which to try again changes something. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
/** Nothing was said before these. */
const BEFORE_ANYTHING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no answer at its address',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ENOTFOUND: 'its host has no address',
  EAI_AGAIN: 'its host cannot be looked up now',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** With the first call Node loads all of its HTTP client. */
export function warmHttp(): Promise<void> {
  void new Headers();
  return Promise.resolve();
}

/**
 * Posts once, follows no redirect and reads no more of the answer than it can use. An answer of 2xx is a delivery if its
 * body does not say otherwise. Never rejects.
 */
export async function post(
  {url, headers, body, secrets, noOf = plainNo}: Post,
  signal: AbortSignal,
): Promise<Tried> {
  try {
    const response = await http.fetch(url, {method: 'POST', headers, body, signal});
    const answer = await beginning(response);
    const no = response.ok ? noOf(answer) : null;
    if (response.ok && no === null) return {outcome: 'done', note: null};
    if (no === null) return refusal(response, without(answer, secrets));
    return failed(`${response.status}, but ${startOf(oneLine(without(no.why, secrets)), TOLD_AT_MOST)}`, {
      isFinal: no.isFinal,
    });
  } catch (error) {
    return brokenOff(error);
  }
}

/** Whether no other party can read what is sent there: HTTPS, or this very machine. */
export function isPrivate(address: string): boolean {
  const {protocol, hostname} = new URL(address);
  const isHere = hostname === 'localhost' || isLoopback(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}

/** Whether the host of an address is a number of this very machine. A name that begins like one can be anybody's. */
export function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(hostname);
}

function refusal({status, headers}: Response, answer: string): Tried {
  const said = oneLine(answer);
  // A page for people says nothing in one line.
  const words = said === '' || said.startsWith('<') ? '' : ` ${said.slice(0, TOLD_AT_MOST)}`;
  if (status >= 300 && status < 400)
    return failed(`${status}, it points elsewhere: name the right address`, {isFinal: true});
  const isPassing = status >= 500 || PASSING.has(status);
  return failed(`${status}${words}`, {
    isFinal: !isPassing,
    // What a gateway could not tell may have gone through behind it.
    isUnsure: status >= 500 && status !== 503,
    retryAfterMs: isPassing ? retryAfter(headers.get('retry-after')) : null,
  });
}

/** Seconds, or a moment; null: not said, or not to be understood. */
export function retryAfter(header: string | null, now = Date.now()): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}

function oneLine(text: string): string {
  return text.replace(/[^\x20-\x7e]+/gu, ' ').trim();
}

/** An answer in JSON; undefined for everything else. */
export function jsonOf(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

/**
 * Of a receiver whose own yes is not known: a page for people, as gateways and log-in pages send it, is no yes, and neither
 * is JSON that says of itself that it is none.
 */
export function plainNo(answer: string): No | null {
  // A page comes from something in front of the receiver: it may be gone later.
  if (/^\s*<(?:!doctype\s+html|html)/iu.test(answer))
    return {why: 'it answers with a page for people', isFinal: false};
  const document = jsonOf(answer);
  if (!isRecord(document)) return null;
  const {ok, success, error, errors, status} = document;
  const said = [error, errors, document['message'], document['msg'], document['errmsg']].find(
    one => (isText(one) && one !== '') || isRecord(one) || (Array.isArray(one) && one.length > 0),
  );
  const isError = said !== undefined && (said === error || said === errors);
  const isNo =
    ok === false ||
    success === false ||
    (isText(status) && /^(?:error|fail(?:ed|ure)?)$/iu.test(status)) ||
    isError ||
    [document['errcode'], document['code'], document['Code']].some(isErrorCode);
  if (!isNo) return null;
  const why = said === undefined ? answer : isText(said) ? said : JSON.stringify(said);
  return {why: `it says no: ${why}`, isFinal: !PASSING_WORDS.test(why)};
}

/** What a service says of a trouble of its own, which passes. */
const PASSING_WORDS = /rate|limit|time-?out|tempor|unavailable|internal|fatal|again/iu;

/** Codes other than 0, 2xx and the words for a yes. */
function isErrorCode(code: unknown): boolean {
  if (typeof code === 'number') return code !== 0 && !(code >= 200 && code < 300);
  return isText(code) && !/^(?:0|2\d\d|ok|success|accepted)?$/iu.test(code);
}

async function beginning({body}: Response): Promise<string> {
  if (body === null) return '';
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk as Uint8Array, {stream: true});
      if (text.length > ANSWER_AT_MOST) break;
    }
  } catch {
    // The answer itself was there; what it had to add is lost.
  }
  return startOf(text, ANSWER_AT_MOST);
}

function brokenOff(error: unknown): Tried {
  const refused = refusalOfProxy(error);
  if (refused !== null) return failed(refused, {isFinal: error instanceof BadProxy});
  const code = codeOf(error);
  const known = own(BEFORE_ANYTHING, code);
  if (known !== undefined) return failed(known);
  if (isTls(code)) return failed(`its certificate is not trusted (${code})`, {isFinal: true});
  const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  if (isLate) return failed('it does not answer in time', {isUnsure: true});
  return failed(`the connection broke${code === '' ? '' : ` (${code})`}`, {isUnsure: true});
}

/** Code of an error, or of what is behind it. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const own = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (own !== '' && own !== 'ABORT_ERR') return own;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}

/** Codes of a handshake that failed: OpenSSL's and Node's own. */
export function isTls(code: string): boolean {
  return (
    /CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/u.test(code) || code === 'EPROTO'
  );
}
