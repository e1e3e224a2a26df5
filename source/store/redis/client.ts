import {setTimeout as delay} from 'node:timers/promises';
import type {StoreRole} from '../port.ts';
import type {RedisTarget} from '../url.ts';
import {addressOf, type Address} from './address.ts';
import {redirection, SlotMap, type Redirection} from './cluster.ts';
import {keyOf, type Command, type Connection} from './connection.ts';
import {ConnectionLost, CommandError, toFault} from './faults.ts';
import {connect} from './handshake.ts';

/** Longest time a command may take, with connecting, in milliseconds. */
const CALL_MS = 3000;
/** Longest time one attempt waits for its answer, in milliseconds. */
const ANSWER_MS = 2000;
/** Shortest time for an answer, however long connecting took, in milliseconds. */
const LEAST_ANSWER_MS = 1000;
const MAX_REDIRECTIONS = 4;
/** While a slot moves, a node that has only some keys of a command answers TRYAGAIN. It is asked again after this time, in milliseconds. */
const TRY_AGAIN_MS = 50;
const CLOSED = 'the store was closed';

/**
 * The Redis client of a store: finds the node of a key, keeps one connection to each node for commands, and opens others on
 * demand. Every call ends within a bounded time. An error is a `StoreFault`.
 */
export class RedisClient {
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

  /** Whether following keeps the process running. An application has to be able to end while its SDK follows. */
  get keepAlive(): boolean {
    return this.role !== 'router';
  }

  /** Start of the outage, milliseconds since 1970 by the clock of this host; null: the store can be reached. */
  get awaySince(): number | null {
    return this.#awaySince;
  }

  /**
   * Sends one command and follows the redirections of a cluster. A command that only reads (`reads`) is sent once more if
   * its connection was lost. `waits`: after TRYAGAIN the command is sent again; otherwise TRYAGAIN is thrown. `isLarge`: the
   * answer may have megabytes and takes a connection of its own, so that no commit waits behind it.
   * @throws StoreFault
   */
  async call(
    command: Command,
    {key = keyOf(command), reads = false, waits = true, isLarge = false} = {},
  ): Promise<unknown> {
    const until = performance.now() + CALL_MS;
    const attempt = async (): Promise<unknown> => {
      const [answer] = await this.#follow([command], key, until, {waits, isLarge});
      if (answer instanceof CommandError) throw answer;
      return this.#here(answer);
    };
    try {
      try {
        return await attempt();
      } catch (error) {
        if (!reads || !(error instanceof ConnectionLost) || error.silent || this.closed.aborted) throw error;
        return await attempt();
      }
    } catch (error) {
      throw this.#fault(error);
    }
  }

  /**
   * Sends commands that share the slot of `key` in one write, follows redirections, and throws the first refusal. If MULTI
   * is the first command, all of them are one transaction.
   * @throws StoreFault
   */
  async all(commands: readonly Command[], key: string): Promise<unknown[]> {
    try {
      const answers = await this.#follow(commands, key, performance.now() + CALL_MS);
      const refused = answers.find(answer => answer instanceof CommandError);
      if (refused !== undefined) throw refused;
      return this.#here(answers);
    } catch (error) {
      throw this.#fault(error);
    }
  }

  /**
   * Opens a connection of its own to the node of `key` (null: any node), or to `at`. The caller ends the connection.
   * @throws StoreFault
   */
  async dedicated(key: string | null, at: Address | null = null): Promise<Connection> {
    try {
      if (this.closed.aborted) throw new ConnectionLost(CLOSED);
      const connection = await connect(this.target, at ?? (await this.find(key)), this.keepAlive);
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

  /** Asks the nodes of a cluster again which slots they serve. */
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

  /** Where an error of the node at `asked` redirects to; null if it is no redirection, or the store is no cluster. */
  redirectionOf(error: unknown, asked: Address): Redirection | null {
    if (this.#slots === null || !(error instanceof CommandError)) return null;
    const other = redirection(error.message, asked);
    if (other?.ask === false) this.#slots.forget();
    return other;
  }

  /**
   * Sends commands to the node of `key`. A command that is redirected was not carried out, and is sent again to the node
   * that the redirection names. Gives one answer for each command, a `CommandError` for an error of the server.
   */
  async #follow(
    commands: readonly Command[],
    key: string | null,
    until: number,
    {waits = true, isLarge = false} = {},
  ): Promise<unknown[]> {
    const answers: unknown[] = [];
    const isTransaction = commands[0]?.[0] === 'MULTI';
    let due = commands.map((command, at) => ({command, at}));
    let address = await this.find(key);
    let asking = false;
    for (let hops = 0; ;) {
      const connection = await this.#pooled(address, isLarge);
      const sent = await send(
        due.map(({command}) => command),
        connection,
        asking,
        until,
      );
      for (const [n, {at}] of due.entries()) answers[at] = sent[n];
      if (this.#slots === null) return answers;
      const refused = due.filter(({at}) => isRefused(answers[at], /^(?:MOVED|ASK|TRYAGAIN) /));
      const last = answers[refused.at(-1)?.at ?? -1];
      if (last === undefined) return answers;
      const other = this.redirectionOf(last, address);
      if (other === null) {
        if (!waits || performance.now() + TRY_AGAIN_MS >= until) return answers;
        await delay(TRY_AGAIN_MS);
      } else {
        if (hops++ >= MAX_REDIRECTIONS) return answers;
        address = other.to;
        asking = other.ask;
      }
      if (!isTransaction) due = refused;
    }
  }

  /** The node that serves a key; null: any node. */
  async find(key: string | null): Promise<Address> {
    if (this.#single !== null) return this.#single;
    if (this.#slots === null) throw new TypeError('a client without a way');
    return this.#slots.find(key);
  }

  /** Gives the shared connection to an address, or the one for large answers. Opens it if there is none. */
  async #pooled(address: Address, isLarge = false): Promise<Connection> {
    if (this.closed.aborted) throw new ConnectionLost(CLOSED);
    const name = isLarge ? `${address.name} large` : address.name;
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
    if (error instanceof ConnectionLost) this.#awaySince ??= Date.now();
    else if (error instanceof CommandError) this.#awaySince = null;
    return toFault(error, {label: this.target.label, role: this.role});
  }
}

function left(until: number): number {
  return Math.max(LEAST_ANSWER_MS, Math.min(ANSWER_MS, Math.ceil(until - performance.now())));
}

/** Sends commands to one node. `asking`: to a node that is taking over their slot. */
async function send(
  commands: readonly Command[],
  connection: Connection,
  asking: boolean,
  until: number,
): Promise<unknown[]> {
  const lived = connection.alive;
  try {
    const [only] = commands;
    if (only !== undefined && commands.length === 1 && !asking) {
      return [await connection.call(only, left(until)).catch(asAnswer)];
    }
    if (!asking) return await connection.all(commands, left(until));
    const isTransaction = commands[0]?.[0] === 'MULTI';
    const all = commands.flatMap((command, at): Command[] =>
      isTransaction && at > 0 ? [command] : [['ASKING'], command],
    );
    const answers = await connection.all(all, left(until));
    return answers.filter((_, at) => all[at]?.[0] !== 'ASKING');
  } catch (error) {
    if (error instanceof ConnectionLost && lived)
      throw new ConnectionLost(error.message, {silent: error.silent, sent: true});
    throw error;
  }
}

function asAnswer(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  throw error;
}

function isRefused(answer: unknown, by: RegExp): boolean {
  return answer instanceof CommandError && by.test(answer.message);
}
