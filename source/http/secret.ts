import {readFile, stat} from 'node:fs/promises';
import type {SecretSource} from '../release/channel.ts';

const BYTES_AT_MOST = 4096;
/** Shorter words of an address are no keys: `services`. */
const SHORTEST_KEY = 9;

/** A secret that is not where it should be. Names the place, never the secret. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
}

/**
 * Reads a secret, each time anew: one that was changed counts from the next message on.
 * @throws SecretMissing
 */
export async function readSecret(source: SecretSource): Promise<string> {
  if (source.from === 'env') {
    const value = process.env[source.name]?.trim() ?? '';
    if (value === '') throw new SecretMissing(`the variable ${source.name} is not set`);
    return value;
  }
  const value = await readSmall(source.path).catch((error: NodeJS.ErrnoException) => {
    throw error instanceof SecretMissing
      ? error
      : new SecretMissing(`${source.path} cannot be read (${error.code ?? 'no reason given'})`);
  });
  if (value === '') throw new SecretMissing(`${source.path} is empty`);
  return value;
}

async function readSmall(path: string): Promise<string> {
  const found = await stat(path);
  // A pipe would be waited for without end.
  if (!found.isFile()) throw new SecretMissing(`${path} is not a plain file`);
  const {size} = found;
  if (size > BYTES_AT_MOST) throw new SecretMissing(`${path} is too large for a secret`);
  return (await readFile(path, 'utf8')).trim();
}

/** The text without any of these secrets in it. */
export function without(text: string, secrets: readonly string[]): string {
  return secrets
    .filter(secret => secret.length >= 4)
    .reduce((left, secret) => left.replaceAll(secret, '***'), text);
}

/** Of an address that is itself a secret, what must not be told: all of it, and each word behind the host that may be the key. */
export function secretsIn(address: string): string[] {
  const {pathname, search} = new URL(address);
  const words = `${pathname}${search}`.split(/[/?&=]/u).filter(word => word.length >= SHORTEST_KEY);
  return [address, `${pathname}${search}`, pathname, ...words];
}
