import type {RedisOptions} from 'ioredis';
import {readFile} from 'node:fs/promises';
import {isIP} from 'node:net';
import {StoreFault} from '../fault.ts';
import type {HostPort, RedisTarget, TlsFiles} from '../url.ts';

/** What the files of `TlsFiles` hold. */
type TlsContents = Partial<Record<keyof TlsFiles, Buffer>>;

/** A place to connect to. */
export interface Address {
  /** Equal for equal places. */
  name: string;
  options: RedisOptions;
}

/** Where a target that is no cluster is reached. User, password and database are the handshake's business. */
export function addressOf(target: RedisTarget): Address {
  const {via} = target;
  switch (via.type) {
    case 'host':
      return hostAddress(via);
    case 'socket':
      return {name: via.path, options: {path: via.path}};
    case 'sentinel':
      return {
        name: `sentinel ${via.name}`,
        options: {
          sentinels: via.nodes.map(bare),
          name: via.name,
          sentinelRetryStrategy: () => null,
          sentinelCommandTimeout: 1000,
        },
      };
    case 'cluster':
      throw new TypeError('a cluster has no single address');
  }
}

/** One host. */
export function hostAddress(at: HostPort): Address {
  const {host, port} = bare(at);
  return {name: `${host}:${port}`, options: {host, port}};
}

/**
 * The options for one connection: those of the address, with certificates and the sentinels' password as their files have
 * them now.
 * @throws StoreFault `store-no-rights`: a file cannot be read.
 */
export async function optionsNow({options}: Address, target: RedisTarget): Promise<RedisOptions> {
  const {sentinelUser, sentinelPassword} = target;
  const [tls, password] = await Promise.all([
    target.tls === undefined ? null : readTls(target.tls),
    sentinelPassword?.read(),
  ]);
  const {host} = options;
  return {
    ...options,
    // TLS asks for the name it expects; an address has none to ask for.
    ...(tls !== null && {tls: host === undefined || isIP(host) !== 0 ? tls : {...tls, servername: host}}),
    ...(target.via.type === 'sentinel' && {
      ...(tls !== null && {sentinelTLS: tls, enableTLSForSentinelMode: true}),
      ...(sentinelUser !== undefined && {sentinelUsername: sentinelUser}),
      ...(password !== undefined && password !== '' && {sentinelPassword: password}),
    }),
  };
}

async function readTls(files: TlsFiles): Promise<TlsContents> {
  const read = async (name: keyof TlsFiles): Promise<TlsContents> => {
    const path = files[name];
    if (path === undefined) return {};
    try {
      return {[name]: await readFile(path)};
    } catch {
      throw new StoreFault(
        'store-no-rights',
        `The file of "${name}", ${path}, cannot be read.`,
        'Check its path, and that this user may read it.',
      );
    }
  };
  const [ca, cert, key] = await Promise.all([read('ca'), read('cert'), read('key')]);
  return {...ca, ...cert, ...key};
}

/** An IPv6 host stands in brackets in an address, but not in a socket's options. */
function bare({host, port}: HostPort): HostPort {
  return {host: host.replace(/^\[(.*)\]$/, '$1'), port};
}
