import {createHmac, timingSafeEqual} from 'node:crypto';
import type {Client} from '../tokens.ts';

const NAME = 'graydeck';
/** How long a browser stays logged in, milliseconds. */
const LASTS_MS = 30 * 24 * 3_600_000;

/**
 * The cookie of a client who has shown its token. It holds no token: a person who reads it cannot use the
 * API with it, and it ends when the token is taken out of the file.
 * @param isSecure the browser came by https
 */
export function loginCookie({name, digest}: Client, now: number, isSecure: boolean): string {
  const until = now + LASTS_MS;
  const value = `${name}~${until}~${signOf(name, until, digest).toString('base64url')}`;
  const seconds = Math.floor(LASTS_MS / 1000);
  return `${NAME}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

/** The client that sends this `Cookie` header; null if it is unknown. */
export function clientOfCookie(
  clients: readonly Client[],
  header: string | undefined,
  now: number,
): Client | null {
  const pair = (header ?? '').split(/; */u).find(one => one.startsWith(`${NAME}=`));
  const [name = '', moment = '', sign = ''] = (pair ?? '').slice(NAME.length + 1).split('~');
  const client = clients.find(one => one.name === name);
  const until = Number(moment);
  if (client === undefined || !(until > now)) return null;
  const [expected, given] = [signOf(name, until, client.digest), Buffer.from(sign, 'base64url')];
  return expected.length === given.length && timingSafeEqual(expected, given) ? client : null;
}

function signOf(name: string, until: number, digest: Buffer): Buffer {
  return createHmac('sha256', digest).update(`page ${name} ${until}`).digest();
}
