import {createHash, timingSafeEqual} from 'node:crypto';

/** Scopes of a token. `operate` adds to `read`: commands of hooks, what they print, ids of people. */
const SCOPES = ['read', 'feedback', 'operate'] as const;
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

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function isScope(text: string): text is TokenScope {
  return (SCOPES as readonly string[]).includes(text);
}
