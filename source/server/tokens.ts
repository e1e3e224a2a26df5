import {createHmac, hash, timingSafeEqual} from 'node:crypto';
import {HttpProblem} from './problem.ts';

/**
 * Scopes of a token. `evaluate` asks for decisions by OFREP, `write` sends samples. `operate` acts, and adds to `read`: commands of hooks, what they print, ids
 * of people.
 */
const SCOPES = ['read', 'feedback', 'evaluate', 'write', 'operate'] as const;
export type TokenScope = (typeof SCOPES)[number];

/** A client by its token. Only the digest of the token is kept. */
export interface Client {
  name: string;
  scopes: ReadonlySet<TokenScope>;
  digest: Buffer;
}

/** A mistake in a line of the file. Never quotes the line. */
export interface TokenMistake {
  line: number;
  message: string;
}

const NAME = /^[\w.-]{1,64}$/u;
const TOKEN = /^[\u0021-\u007E]{1,512}$/u;
/** Fewest characters of a token that cannot be guessed. */
const SAFE_LENGTH = 16;
const MOST_CLIENTS = 1000;

/**
 * Parses lines `NAME SCOPE[,SCOPE…] TOKEN`. Empty lines and lines that begin with # are skipped. `doubts`:
 * accepted tokens that are short enough to be guessed.
 */
export function readTokens(
  text: string,
): {ok: true; clients: Client[]; doubts: TokenMistake[]} | {ok: false; mistakes: TokenMistake[]} {
  const clients: Client[] = [];
  const doubts: TokenMistake[] = [];
  const mistakes: TokenMistake[] = [];
  for (const [index, row] of text.split(/\r?\n/u).entries()) {
    const words = row.trim().split(/\s+/u);
    const [name = '', scopes = '', token = ''] = words;
    if (name === '' || name.startsWith('#')) continue;
    const bad = (message: string) => mistakes.push({line: index + 1, message});
    const digest = digestOf(token);
    const named = scopes.split(',');
    if (words.length !== 3) bad('a line must be NAME SCOPE[,SCOPE…] TOKEN');
    else if (!NAME.test(name)) bad('the name takes letters, digits, _ . and -, at most 64');
    else if (!named.every(isScope)) bad(`scopes are ${SCOPES.join(', ')}, set apart by commas`);
    else if (!TOKEN.test(token)) bad('the token has up to 512 visible ASCII characters');
    else if (clients.some(client => client.name === name)) bad('the name is on another line, too');
    else if (clients.some(client => client.digest.equals(digest))) bad('the token is on another line, too');
    else if (clients.length >= MOST_CLIENTS) bad(`there are more than ${MOST_CLIENTS} tokens`);
    else {
      clients.push({name, scopes: new Set(named.filter(isScope)), digest});
      if (token.length < SAFE_LENGTH)
        doubts.push({
          line: index + 1,
          message: `the token has ${token.length} characters and can be guessed: use at least ${SAFE_LENGTH}`,
        });
    }
  }
  if (clients.length === 0 && mistakes.length === 0)
    mistakes.push({line: 1, message: 'the file holds no token'});
  return mistakes.length === 0 ? {ok: true, clients, doubts} : {ok: false, mistakes};
}

/**
 * The client of an `Authorization` header; null if its token is unknown. Constant time: digests of equal
 * length are compared in full, with every client.
 */
export function clientOf(clients: readonly Client[], header: string | undefined): Client | null {
  const token = /^Bearer +([\u0021-\u007E]+) *$/iu.exec(header ?? '')?.[1];
  if (token === undefined) return null;
  const digest = digestOf(token);
  let found: Client | null = null;
  for (const client of clients) if (timingSafeEqual(client.digest, digest)) found = client;
  return found;
}

/** Refuses a client without the scope. @throws HttpProblem 403 */
export function need(client: Client, scope: TokenScope): void {
  if (client.scopes.has(scope)) return;
  const next = 'ask the operator of this server for one';
  throw new HttpProblem(403, 'no-scope', `this request needs a token with the scope ${scope}`, next);
}

/**
 * The name of a client, signed for one purpose until a moment (milliseconds since 1970). It holds no token: a person who reads it
 * can use it for nothing else, and it ends when the token is taken out of the file.
 */
export function signedName({name, digest}: Client, purpose: string, until: number): string {
  return `${name}~${until}~${signOf(name, purpose, until, digest).toString('base64url')}`;
}

/** The client whose name was signed for this purpose; null if the text is anything else, or too old. */
export function clientOfSigned(
  clients: readonly Client[],
  purpose: string,
  text: string,
  now: number,
): Client | null {
  const [name = '', moment = '', sign = ''] = text.split('~');
  const client = clients.find(one => one.name === name);
  const until = Number(moment);
  if (client === undefined || !(until > now)) return null;
  const expected = signOf(name, purpose, until, client.digest);
  const given = Buffer.from(sign, 'base64url');
  return expected.length === given.length && timingSafeEqual(expected, given) ? client : null;
}

function signOf(name: string, purpose: string, until: number, digest: Buffer): Buffer {
  return createHmac('sha256', digest).update(`${purpose} ${name} ${until}`).digest();
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function isScope(text: string): text is TokenScope {
  return (SCOPES as readonly string[]).includes(text);
}
