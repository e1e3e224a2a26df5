import type {StoreRole} from '../port.ts';
import type {RedisTarget} from '../url.ts';
import {addressOf, type Address} from './address.ts';
import {redirection, SlotMap} from './cluster.ts';
import {keyOf, type Command, type Connection} from './connection.ts';
import {Gone, Refused, toFault} from './faults.ts';
import {connect} from './handshake.ts';

/** Longest time a command may take, with connecting, in milliseconds. */
const CALL_MS = 3000;
/** Longest time one attempt waits for its answer, in milliseconds. */
const ANSWER_MS = 2000;
const MAX_REDIRECTIONS = 4;
const CLOSED = 'the store was closed';

/**
 * The way to a store: finds the node of a key, keeps one connection to each for commands, opens others on demand.
 * Everything ends within a bounded time, and what fails is a `StoreFault`.
 */
export class Line {
  readonly target: RedisTarget;
  readonly role: StoreRole;
  readonly #single: Address | null;
  readonly #slots: SlotMap | null;
  readonly #pool = new Map<string, Promise<Connection>>();
  readonly #dedicated = new Set<Connection>();
  #awaySince: number | null = null;
  readonly #shut = new AbortController();

  constructor(target: RedisTarget, role: StoreRole) {
    this.target = target;
    this.role = role;
    const {via} = target;
    this.#single = via.type === 'cluster' ? null : addressOf(target);
    this.#slots =
      via.type === 'cluster'
        ? new SlotMap(via.nodes, async (command, at) => (await this.#pooled(at)).call(command, ANSWER_MS))
        : null;
  }

  /** Aborts when the store is closed. */
  get closed(): AbortSignal {
    return this.#shut.signal;
  }

  /** An application must be able to end while its SDK follows; consoles, guards and agents live by following. */
  get keepAlive(): boolean {
    return this.role !== 'router';
  }

  /** Since when it cannot be reached, milliseconds since 1970 of this host; null: it can. */
  get awaySince(): number | null {
    return this.#awaySince;
  }

  /**
   * One command. A command that only reads is asked again once when the connection was lost under it.
   * @throws StoreFault
   */
  async call(command: Command, {key = keyOf(command), reads = false} = {}): Promise<unknown> {
    const until = performance.now() + CALL_MS;
    try {
      try {
        return this.#here(await this.#call(command, key, until));
      } catch (error) {
        if (!reads || !(error instanceof Gone) || error.silent || this.closed.aborted) throw error;
        return this.#here(await this.#call(command, key, until));
      }
    } catch (error) {
      throw this.#fault(error);
    }
  }

  /** Commands that share the node of `key`, in one write. The first that is refused is thrown. @throws StoreFault */
  async all(commands: readonly Command[], key: string): Promise<unknown[]> {
    const until = performance.now() + CALL_MS;
    try {
      const address = await this.#find(key);
      const connection = await this.#pooled(address);
      const answers = await connection.all(commands, left(until));
      const refused = answers.find(answer => answer instanceof Refused);
      if (refused !== undefined) {
        if (redirection(refused.message, address) !== null) this.#slots?.forget();
        throw refused;
      }
      return this.#here(answers);
    } catch (error) {
      throw this.#fault(error);
    }
  }

  /** A connection of its own to the node of `key` (null: any); its user ends it. @throws StoreFault */
  async dedicated(key: string | null): Promise<Connection> {
    try {
      if (this.closed.aborted) throw new Gone(CLOSED);
      const connection = await connect(this.target, await this.#find(key), this.keepAlive);
      this.#dedicated.add(connection);
      void connection.ended.then(() => this.#dedicated.delete(connection));
      if (this.closed.aborted) connection.end(CLOSED);
      return this.#here(connection);
    } catch (error) {
      // The node may have left the cluster; the next attempt asks again.
      this.#slots?.forget();
      throw this.#fault(error);
    }
  }

  /** Which node of a cluster serves what is asked anew. */
  forgetNodes(): void {
    this.#slots?.forget();
  }

  close(): void {
    this.#shut.abort();
    for (const connection of this.#dedicated) connection.end(CLOSED);
    for (const opening of this.#pool.values()) {
      void opening.then(
        connection => connection.end(CLOSED),
        () => undefined,
      );
    }
    this.#pool.clear();
  }

  async #call(command: Command, key: string | null, until: number): Promise<unknown> {
    let address = await this.#find(key);
    let asking = false;
    for (let hops = 0; ; hops++) {
      const connection = await this.#pooled(address);
      const lived = connection.alive;
      try {
        if (asking) void connection.call(['ASKING'], left(until)).catch(() => undefined);
        return await connection.call(command, left(until));
      } catch (error) {
        if (error instanceof Gone && lived) throw new Gone(error.message, {silent: error.silent, sent: true});
        const other = error instanceof Refused ? redirection(error.message, address) : null;
        if (this.#slots === null || other === null || hops >= MAX_REDIRECTIONS) throw error;
        address = other.to;
        asking = other.ask;
        if (!other.ask) this.#slots.forget();
      }
    }
  }

  async #find(key: string | null): Promise<Address> {
    if (this.#single !== null) return this.#single;
    if (this.#slots === null) throw new TypeError('a line without a way');
    return this.#slots.find(key);
  }

  /** The shared connection to an address, made when there is none that lives. */
  async #pooled(address: Address): Promise<Connection> {
    if (this.closed.aborted) throw new Gone(CLOSED);
    const {name} = address;
    const known = this.#pool.get(name);
    if (known !== undefined) return known;
    const opening = connect(this.target, address, this.keepAlive);
    this.#pool.set(name, opening);
    const drop = (): void => {
      if (this.#pool.get(name) === opening) this.#pool.delete(name);
    };
    try {
      const connection = await opening;
      if (this.closed.aborted) connection.end(CLOSED);
      void connection.ended.then(drop);
      return connection;
    } catch (error) {
      this.#slots?.forget();
      drop();
      throw error;
    }
  }

  #here<T>(value: T): T {
    this.#awaySince = null;
    return value;
  }

  #fault(error: unknown): Error {
    if (error instanceof Gone) this.#awaySince ??= Date.now();
    else if (error instanceof Refused) this.#awaySince = null;
    return toFault(error, {label: this.target.label, role: this.role});
  }
}

function left(until: number): number {
  return Math.max(1, Math.min(ANSWER_MS, Math.ceil(until - performance.now())));
}
