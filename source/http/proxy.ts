import {BlockList, isIP} from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that should name a proxy holds something else. */
export class BadProxy extends Error {
  override readonly name = 'BadProxy';
}

/**
 * The proxy for an address by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, small letters first, as curl reads
 * them; null: the address is asked directly.
 * @throws BadProxy
 */
export function proxyFor({protocol, hostname, port}: URL, env: Environment): URL | null {
  const names = protocol === 'https:' ? ['https_proxy', 'all_proxy'] : ['http_proxy', 'all_proxy'];
  const found = names.flatMap(name => [name, name.toUpperCase()]).find(name => valueOf(env, name) !== '');
  if (found === undefined) return null;
  const number = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (isExcepted(valueOf(env, 'no_proxy') || valueOf(env, 'NO_PROXY'), hostname, number)) return null;
  const text = valueOf(env, found);
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  // The text may hold a password.
  if (url === null || !/^https?:$/u.test(url.protocol))
    throw new BadProxy(`${found} is not the address of an HTTP proxy`);
  return url;
}

function valueOf(env: Environment, name: string): string {
  return env[name]?.trim() ?? '';
}

/** Whether a list of hosts, domains, addresses and blocks of addresses names this host. */
function isExcepted(list: string, hostname: string, port: string): boolean {
  const host = hostname.replace(/^\[|\]$/gu, '').toLowerCase();
  return list
    .toLowerCase()
    .split(/[,\s]+/u)
    .filter(entry => entry !== '')
    .some(entry => {
      if (entry === '*') return true;
      const {name = '', port: only} =
        /^(?:\[(?<six>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d+))?$/u.exec(entry)?.groups ?? {};
      const bracketed = /^\[(?<six>[^\]]+)\]/u.exec(entry)?.groups?.['six'];
      const wanted = bracketed ?? (name === '' ? entry : name);
      if (only !== undefined && only !== port) return false;
      if (isIP(host) !== 0) return isWithin(wanted, host);
      const domain = wanted.replace(/^\*?\./u, '');
      return host === domain || host.endsWith(`.${domain}`);
    });
}

function isWithin(block: string, host: string): boolean {
  const [address = '', bits] = block.split('/');
  const kind = isIP(address);
  if (kind === 0) return false;
  const family = kind === 6 ? 'ipv6' : 'ipv4';
  const most = kind === 6 ? 128 : 32;
  const length = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(length) || length < 0 || length > most) return false;
  const blocks = new BlockList();
  blocks.addSubnet(address, length, family);
  return blocks.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
