import {setTimeout as delay} from 'node:timers/promises';
import type {HostPort} from '../url.ts';
import {hostAddress, type Address} from './address.ts';
import type {Command} from './connection.ts';
import {slotOf} from './slot.ts';

/** Asks any node of the cluster, `null`, or the one at an address. */
export type Ask = (command: Command, at: Address) => Promise<unknown>;

interface Range {
  from: number;
  to: number;
  address: Address;
}

/** After so long without an answer the next node is asked beside, in milliseconds: one that is silent keeps nobody waiting. */
const BESIDE_MS = 300;

/** Which node of a cluster serves a key. Learnt from the nodes, forgotten when one says that it has changed. */
export class SlotMap {
  /** The one that answered last is asked first. */
  #seeds: Address[];
  readonly #ask: Ask;
  readonly #slots = new Map<string, number>();
  #ranges: Range[] = [];
  #learning: Promise<void> | null = null;

  constructor(seeds: readonly HostPort[], ask: Ask) {
    this.#seeds = seeds.map(seed => hostAddress(seed));
    this.#ask = ask;
  }

  /** The primary that serves the key; for null one that has answered. @throws what `ask` throws for the last node. */
  async find(key: string | null): Promise<Address> {
    if (this.#ranges.length === 0) await (this.#learning ??= this.#learn());
    const [any] = this.#seeds;
    if (any === undefined) throw new TypeError('a cluster without nodes');
    if (key === null) return any;
    const slot = this.#slots.get(key) ?? slotOf(key);
    this.#slots.set(key, slot);
    return this.#ranges.find(({from, to}) => from <= slot && slot <= to)?.address ?? any;
  }

  /** What is known of the nodes no longer holds. */
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

  /** The first answer of this node and those behind it, each asked when the one before has failed or is silent. */
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

/** Reads the reply of CLUSTER SLOTS; a node that does not know its own name is the one that was asked. */
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
