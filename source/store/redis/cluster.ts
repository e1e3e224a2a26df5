import {setTimeout as delay} from 'node:timers/promises';
import type {HostPort} from '../url.ts';
import {type Address, hostAddress} from './address.ts';
import type {Command} from './connection.ts';

const SLOTS = 16_384;
/** CRC16/XMODEM, as the specification of Redis Cluster has it. */
const POLYNOMIAL = 0x1021;

/** Gives the slot of a key: of the text in its first braces, or of the whole key if there is none. */
export function slotOf(key: string): number {
  const tag = /^[^{]*\{([^}]+)\}/u.exec(key)?.[1] ?? key;
  return crc16(Buffer.from(tag)) % SLOTS;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? POLYNOMIAL : 0)) & 0xffff;
  }
  return crc;
}

/** Sends a command to the node at an address. */
export type Ask = (command: Command, at: Address) => Promise<unknown>;

interface Range {
  from: number;
  to: number;
  address: Address;
}

/** If a node has not answered for so long, the next node is asked at the same time, in milliseconds. */
const BESIDE_MS = 300;

/** Knows which node of a cluster serves a key: asks the nodes, and asks again after a node says that it has changed. */
export class SlotMap {
  /** The node that answered last is asked first. */
  #seeds: Address[];
  readonly #ask: Ask;
  readonly #slots = new Map<string, number>();
  #ranges: Range[] = [];
  #learning: Promise<void> | null = null;

  constructor(seeds: readonly HostPort[], ask: Ask) {
    this.#seeds = seeds.map(seed => hostAddress(seed));
    this.#ask = ask;
  }

  /** Gives the primary that serves the key; for null a node that has answered. @throws the error of `ask` for the last node. */
  async find(key: string | null): Promise<Address> {
    if (this.#ranges.length === 0) await (this.#learning ??= this.#learn());
    const [any] = this.#seeds;
    if (any === undefined) throw new TypeError('a cluster without nodes');
    if (key === null) return any;
    const slot = this.#slots.get(key) ?? slotOf(key);
    this.#slots.set(key, slot);
    return this.#ranges.find(({from, to}) => from <= slot && slot <= to)?.address ?? any;
  }

  /** Asks the nodes again before the next command. */
  forget(): void {
    this.#ranges = [];
  }

  async #learn(): Promise<void> {
    try {
      const {ranges, seed} = await this.#askFrom(0);
      this.#ranges = ranges;
      this.#seeds = [seed, ...this.#seeds.filter(other => other !== seed)];
    } finally {
      this.#learning = null;
    }
  }

  /** Gives the first answer of this node and the later ones. Each is asked if the node before it has failed or is silent. */
  async #askFrom(at: number): Promise<{ranges: Range[]; seed: Address}> {
    const seed = this.#seeds[at];
    if (seed === undefined) throw new TypeError('a cluster without nodes');
    const own = this.#ask(['CLUSTER', 'SLOTS'], seed).then(reply => ({ranges: readSlots(reply, seed), seed}));
    if (at === this.#seeds.length - 1) return await own;
    const early = await Promise.race([own.catch(() => null), delay(BESIDE_MS, null, {ref: false})]);
    if (early !== null) return early;
    try {
      return await Promise.any([own, this.#askFrom(at + 1)]);
    } catch (error) {
      throw error instanceof AggregateError ? error.errors.at(-1) : error;
    }
  }
}

/** Reads the reply of CLUSTER SLOTS. A node without a name is the node that was asked. */
function readSlots(reply: unknown, asked: Address): Range[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((row: unknown) => {
    if (!Array.isArray(row) || !Array.isArray(row[2])) return [];
    const [from, to, [host, port]] = row as [unknown, unknown, unknown[]];
    const known = typeof host === 'string' && host !== '' && host !== '?';
    const address = hostAddress({host: known ? host : (asked.options.host ?? ''), port: Number(port)});
    return [{from: Number(from), to: Number(to), address}];
  });
}

/** Where a node sends a command: `MOVED` for good, `ASK` (`ask`) while the slot moves and for this command alone. */
export interface Redirection {
  ask: boolean;
  to: Address;
}

/** Reads `MOVED 1234 10.0.0.2:6379` or `ASK …`; null for any other error. Without a host, the host that was asked is meant. */
export function redirection(message: string, asked: Address): Redirection | null {
  const match = /^(MOVED|ASK) \d+ (.*):(\d+)$/.exec(message);
  if (match === null) return null;
  const [, kind, host = '', port] = match;
  const to = hostAddress({host: host === '' ? (asked.options.host ?? '') : host, port: Number(port)});
  return {ask: kind === 'ASK', to};
}
