import {failed, type Tried} from './channel.ts';
import {without} from './secret.ts';
import {startOf} from '../release/well-formed.ts';
import {own} from '../release/own.ts';

export interface Post {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Never told, whatever the receiver answers. */
  secrets: readonly string[];
  /** What an answer holds where it was taken, blanks aside; null: the status says it all. */
  expect?: string | null;
}

const ANSWER_AT_MOST = 2048;
const TOLD_AT_MOST = 80;
/** Answers by which to try again changes something. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);
/** Nothing was said before these. */
const BEFORE_ANYTHING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody answers at its address',
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
 * Posts once, follows nobody elsewhere and reads no more of the answer than it can use. An answer of 2xx is a delivery.
 * Never rejects.
 */
export async function post(
  {url, headers, body, secrets, expect = null}: Post,
  signal: AbortSignal,
): Promise<Tried> {
  try {
    const response = await fetch(url, {method: 'POST', headers, body, redirect: 'manual', signal});
    const answer = await beginning(response);
    const isTaken = expect === null || bare(answer).includes(bare(expect));
    if (response.ok && isTaken) return {outcome: 'done', note: null};
    return refusal(response, without(answer, secrets));
  } catch (error) {
    return brokenOff(error);
  }
}

/** Whether what is said on the way there can be read by nobody else: HTTPS, or this very machine. */
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
  const said = answer.replace(/[^\x20-\x7e]+/gu, ' ').trim();
  // A page for people says nothing in one line.
  const words = said === '' || said.startsWith('<') ? '' : ` ${said.slice(0, TOLD_AT_MOST)}`;
  if (status >= 300 && status < 400)
    return failed(`${status}, it points elsewhere: name the right address`, {isFinal: true});
  // An answer of 2xx that does not say what it should comes from behind the gateway: it may say so later.
  const isPassing = status < 300 || status >= 500 || PASSING.has(status);
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

function bare(text: string): string {
  return text.replace(/\s+/gu, '');
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
