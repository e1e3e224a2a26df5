import {BlockList, isIP} from 'node:net';

/** Proxies whose word about the client's address is believed. */
export type TrustedProxies = (address: string) => boolean;

/** Addresses and blocks of addresses (`10.0.0.0/8`); null: one of them is neither. */
export function trustedProxies(entries: readonly string[]): TrustedProxies | null {
  const blocks = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const kind = isIP(address);
    const length = bits === undefined ? (kind === 6 ? 128 : 32) : Number(bits);
    if (kind === 0 || !Number.isInteger(length) || length < 0 || length > (kind === 6 ? 128 : 32))
      return null;
    blocks.addSubnet(address, length, kind === 6 ? 'ipv6' : 'ipv4');
  }
  return address => isIP(address) !== 0 && blocks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The address of the client. Behind a trusted proxy it is the last entry of `X-Forwarded-For` that no trusted proxy wrote:
 * what a client writes there itself stands before that and is not believed.
 */
export function clientAddress(
  remote: string,
  forwarded: string | undefined,
  isTrusted: TrustedProxies,
): string {
  let address = plain(remote);
  for (const entry of (forwarded ?? '').split(',').toReversed()) {
    if (!isTrusted(address)) return address;
    const before = plain(entry.trim());
    if (isIP(before) === 0) return address;
    address = before;
  }
  return address;
}

/** An IPv4 address in the clothes of IPv6, one in brackets, and one with a port, are that address. */
function plain(text: string): string {
  const bare = /^\[(?<six>[^\]]+)\](?::\d+)?$/u.exec(text)?.groups?.['six'] ?? text;
  const four = /^(?:::ffff:)?(?<four>\d+\.\d+\.\d+\.\d+)(?::\d+)?$/iu.exec(bare)?.groups?.['four'];
  return four ?? bare;
}
