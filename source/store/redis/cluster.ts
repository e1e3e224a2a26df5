import type {HostPort} from '../url.ts';
import {hostAddress, type Address} from './address.ts';
import type {Command} from './connection.ts';

/** Asks any node of the cluster, `null`, or the one at an address. */
export type Ask = (command: Command, at: Address) => Promise<unknown>;

interface Range {
  from: number;
  to: number;
  address: Address;
}

/** Which node of a cluster serves a key. Learnt from the nodes, forgotten when one says that it has changed. */
export class SlotMap {
  readonly #seeds: Address[];
  readonly #ask: Ask;
  readonly #slots = new Map<string, number>();
  #ranges: Range[] = [];
  #learning: Promise<void> | null = null;

  constructor(seeds: readonly HostPort[], ask: Ask) {
    this.#seeds = seeds.map(seed => hostAddress(seed));
    this.#ask = ask;
  }

  /** The primary that serves the key; for null any node that is known. @throws what `ask` throws for the last node. */
  async find(key: string | null): Promise<Address> {
    if (this.#ranges.length === 0) await (this.#learning ??= this.#learn());
    const any = this.#ranges[0]?.address ?? this.#seeds[0];
    if (any === undefined) throw new TypeError('a cluster without nodes');
    if (key === null) return any;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = Number(await this.#ask(['CLUSTER', 'KEYSLOT', key], any));
      this.#slots.set(key, slot);
    }
    const at = slot;
    return this.#ranges.find(({from, to}) => from <= at && at <= to)?.address ?? any;
  }

  /** What is known of the nodes no longer holds. */
  forget(): void {
    this.#ranges = [];
  }

  async #learn(): Promise<void> {
    try {
      let last: unknown = null;
      // A seed that is down must not keep the others from being asked.
      for (const seed of this.#seeds) {
        try {
          this.#ranges = readSlots(await this.#ask(['CLUSTER', 'SLOTS'], seed), seed);
          return;
        } catch (error) {
          last = error;
        }
      }
      throw last;
    } finally {
      this.#learning = null;
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

/** Where a node sends us: `MOVED 1234 10.0.0.2:6379`, `ASK …`; null for any other error. */
export function redirection(message: string, asked: Address): {ask: boolean; to: Address} | null {
  const match = /^(MOVED|ASK) \d+ (.*):(\d+)$/.exec(message);
  if (match === null) return null;
  const [, kind, host = '', port] = match;
  const to = hostAddress({host: host === '' ? (asked.options.host ?? '') : host, port: Number(port)});
  return {ask: kind === 'ASK', to};
}
