import type {RedisOptions} from 'ioredis';
import type {HostPort, RedisTarget} from '../url.ts';

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
      return hostAddress(via, via.tls);
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
export function hostAddress(at: HostPort, tls = false): Address {
  const {host, port} = bare(at);
  return {
    name: `${host}:${port}`,
    // TLS asks for the name it expects; an address has none to ask for.
    options: {host, port, ...(tls && {tls: /^[\d.]+$|:/.test(host) ? {} : {servername: host}})},
  };
}

/** An IPv6 host stands in brackets in an address, but not in a socket's options. */
function bare({host, port}: HostPort): HostPort {
  return {host: host.replace(/^\[(.*)\]$/, '$1'), port};
}
