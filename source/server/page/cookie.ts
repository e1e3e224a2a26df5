import {clientOfSigned, signedName, type Client} from '../tokens.ts';

const NAME = 'graydeck';
/** How long a browser stays logged in, milliseconds. */
const LASTS_MS = 30 * 24 * 3_600_000;

/**
 * The cookie of a client who has shown its token. It holds no token: a person who reads it cannot use the
 * API with it, and it ends when the token is taken out of the file.
 * @param isSecure the browser came by https
 */
export function loginCookie(client: Client, now: number, isSecure: boolean): string {
  const value = signedName(client, 'page', now + LASTS_MS);
  const seconds = Math.floor(LASTS_MS / 1000);
  return `${NAME}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

/** The client that sends this `Cookie` header; null if it is unknown. */
export function clientOfCookie(
  clients: readonly Client[],
  header: string | undefined,
  now: number,
): Client | null {
  const pair = (header ?? '').split(/; */u).find(one => one.startsWith(`${NAME}=`)) ?? '';
  return clientOfSigned(clients, 'page', pair.slice(NAME.length + 1), now);
}
