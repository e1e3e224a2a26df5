import {type TrustedProxies, trustedProxies} from '../../server/client-address.ts';
import type {ListenAddress} from '../../server/listen.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';

/** Only this host can reach it, unless told otherwise. */
const DEFAULT = '127.0.0.1:8080';

/** `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`. Port 0: any that is free. @throws Failure exit code 2 */
export function readListen(text = DEFAULT): ListenAddress {
  const match = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/iu.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host !== undefined && port <= 65_535) return {host, port};
  throw usage('--listen takes a host and a port', '--listen 127.0.0.1:8080', 'bad-address');
}

/** What to consider where others than this host can reach the server: it speaks no TLS. Null: they cannot. */
export function doubtOfListen({host}: ListenAddress): string | null {
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return null;
  return `${host} can be reached by other hosts, and tokens pass without TLS: put a proxy with TLS in front, or --listen 127.0.0.1:8080`;
}

/** Origins of pages that may ask, set apart by commas. @throws Failure exit code 2 */
export function readOrigins(text: string | undefined): string[] {
  const origins = (text ?? '').split(',').filter(one => one !== '');
  for (const origin of origins) {
    const isOrigin = URL.canParse(origin) && /^https?:$/u.test(new URL(origin).protocol);
    if (!isOrigin || new URL(origin).origin !== origin)
      throw usage(
        '--allow-origin takes origins: scheme, host and port, and nothing behind them',
        '--allow-origin https://app.example.com,https://admin.example.com',
        'bad-origin',
      );
  }
  return origins;
}

/** Proxies that are believed, set apart by commas. @throws Failure exit code 2 */
export function readTrusted(text: string | undefined): TrustedProxies {
  const entries = (text ?? '').split(',').map(one => one.trim());
  const trusts = trustedProxies(entries.filter(one => one !== ''));
  if (trusts !== null) return trusts;
  throw usage(
    '--trust-proxy takes addresses and blocks of addresses',
    '--trust-proxy 10.0.0.0/8,::1',
    'bad-proxy',
  );
}

/** Why this process may not listen there, and what to do about it. */
export function cannotListen(error: unknown, where: string): Failure {
  const {code} = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new Failure(
        EXIT.fault,
        'port-taken',
        `something listens on ${where} already`,
        '--listen another port',
      );
    case 'EACCES':
      return new Failure(
        EXIT.fault,
        'no-rights',
        `this user may not listen on ${where}`,
        '--listen a port from 1024 on',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return usage(`${where} is no address of this host`, '--listen 127.0.0.1:8080', 'bad-address');
    default:
      return new Failure(EXIT.fault, 'fault', `cannot listen on ${where}: ${code ?? String(error)}`, '');
  }
}
