import {createHash, timingSafeEqual} from 'node:crypto';

/** What a token is good for. `operate` shows what `read` keeps back: commands of hooks, what they print, ids of people. */
const SCOPES = ['read', 'feedback', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** Somebody who may ask. The token itself is not kept: only what it can be recognised by. */
export interface Client {
  name: string;
  scopes: ReadonlySet<Scope>;
  digest: Buffer;
}

/** What is wrong with a line of the file; never what stands in it. */
export interface TokenMistake {
  line: number;
  message: string;
}

const NAME = /^[\w.-]{1,64}$/u;
const TOKEN = /^[\u0021-\u007E]{1,512}$/u;
/** Letters a token should have, so that it is not found by trying. */
const SAFE_LENGTH = 16;
const MOST_CLIENTS = 1000;

/**
 * Reads lines `NAME SCOPE[,SCOPE…] TOKEN`; empty lines and those that begin with # say nothing. `doubts`: tokens that
 * are taken and that somebody might guess.
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
    if (words.length !== 3) bad('a line is NAME SCOPE[,SCOPE…] TOKEN');
    else if (!NAME.test(name)) bad('the name takes letters, digits, _ . and -, at most 64');
    else if (!named.every(isScope)) bad(`scopes are ${SCOPES.join(', ')}, set apart by commas`);
    else if (!TOKEN.test(token)) bad('the token has up to 512 visible ASCII characters');
    else if (clients.some(client => client.name === name)) bad('the name stands on another line, too');
    else if (clients.some(client => client.digest.equals(digest)))
      bad('the token stands on another line, too');
    else if (clients.length >= MOST_CLIENTS) bad(`there are more than ${MOST_CLIENTS} tokens`);
    else {
      clients.push({name, scopes: new Set(named.filter(isScope)), digest});
      if (token.length < SAFE_LENGTH)
        doubts.push({
          line: index + 1,
          message: `the token can be guessed: ${SAFE_LENGTH} letters or more are safe`,
        });
    }
  }
  if (clients.length === 0 && mistakes.length === 0)
    mistakes.push({line: 1, message: 'there is no token in the file'});
  return mistakes.length === 0 ? {ok: true, clients, doubts} : {ok: false, mistakes};
}

/**
 * Who sends this `Authorization` header; null: nobody we know. How long it takes says nothing about the token: digests
 * of one length are compared in full, with every client.
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

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
