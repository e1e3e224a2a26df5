import {Redis, ReplyError, type RedisOptions} from 'ioredis';
import type {Socket} from 'node:net';
import {deadline} from './deadline.ts';
import {ConnectionLost, CommandError, saysReplica} from './faults.ts';

/** A command: its name in capitals, then its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]];

/** Position of the key in commands whose first argument is not the key. */
const KEY_AT: Record<string, number> = {EVAL: 3, XINFO: 2};

/** Gives the first key of a command; null if it has none. */
export function keyOf(command: Command): string | null {
  const key = command[KEY_AT[command[0]] ?? 1];
  return key === undefined ? null : String(key);
}

const CLOSED = 'the connection was closed';
/** Longest time for an answer, even while it arrives, in milliseconds. */
const LONGEST_ANSWER_MS = 30_000;
/** Shortest life of a connection to a server that takes no writes, in milliseconds. */
const SETTLED_MS = 1000;

/**
 * A connection is opened once. Resending, queues and reconnecting of ioredis are off: a command that is sent twice, or waits
 * without limit, is worse than an error.
 */
const ONE_LIFE: RedisOptions = {
  lazyConnect: true,
  retryStrategy: () => null,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableOfflineQueue: false,
  // These would send INFO and CLIENT. A user with few rights may not, and ioredis would print a warning.
  enableReadyCheck: false,
  disableClientInfo: true,
  maxRetriesPerRequest: 0,
  keepAlive: 10_000,
  noDelay: true,
};

/** One connection to one server, until its first fault. After that every call throws `ConnectionLost`. */
export class Connection {
  readonly #client: Redis;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #openedAt = performance.now();
  #isLeaving = false;
  /** When the last bytes came, by `performance.now()`. */
  #heardAt = Number.NEGATIVE_INFINITY;
  #why: ConnectionLost | null = null;

  private constructor(client: Redis) {
    this.#client = client;
    client.on('error', (error: Error) => this.end(error.message));
    client.once('end', () => this.end());
  }

  /**
   * Connects, and sends nothing. Without `keepAlive` the connection keeps a process running only while a call waits.
   * @throws ConnectionLost after at most `withinMs`.
   */
  static async open(options: RedisOptions, withinMs: number, keepAlive: boolean): Promise<Connection> {
    const connection = new Connection(new Redis({...options, ...ONE_LIFE, connectTimeout: withinMs}));
    await connection.#bounded(withinMs, () => connection.#client.connect());
    const {stream} = connection.#client;
    if (!keepAlive) stream.unref();
    stream.on('data', () => (connection.#heardAt = performance.now()));
    return connection;
  }

  get alive(): boolean {
    return this.#why === null;
  }

  /** Resolves when no new call may be made. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Sends one command. If nothing arrives for `withinMs` the connection ends, because it may be open on one side only.
   * @throws CommandError: an error of the server. @throws ConnectionLost: there will be no answer.
   */
  async call(command: Command, withinMs: number): Promise<unknown> {
    const [name, ...args] = command;
    try {
      if (this.#why !== null) throw this.#why;
      return await this.#bounded(withinMs, () => this.#client.call(name, ...args));
    } catch (error) {
      if (isReply(error)) this.#leaveIfDemoted(error);
      throw asRefused(error, command);
    }
  }

  /** Sends commands in one write; one answer each, a `CommandError` where the server gave an error. @throws ConnectionLost */
  async all(commands: readonly Command[], withinMs: number): Promise<unknown[]> {
    const answers = await this.#bounded(withinMs, async () => {
      const pipeline = this.#client.pipeline();
      for (const [name, ...args] of commands) pipeline.call(name, ...args);
      return pipeline.exec();
    });
    if (answers === null) throw new ConnectionLost(CLOSED);
    return answers.map(([error, answer], at) => {
      if (error === null) return refusedInside(answer, commands) ?? answer;
      const told = asRefused(error, commands[at] ?? ['?']);
      if (told instanceof CommandError) {
        this.#leaveIfDemoted(told);
        return told;
      }
      throw this.#why ?? new ConnectionLost(CLOSED);
    });
  }

  /** Listens to channels, from now on only that. */
  async subscribe(
    channels: readonly string[],
    onMessage: (channel: string, text: string) => void,
    withinMs: number,
  ): Promise<void> {
    if (this.#client.listenerCount('message') === 0) this.#client.on('message', onMessage);
    try {
      await this.#bounded(withinMs, () => this.#client.subscribe(...channels));
    } catch (error) {
      throw asRefused(error, ['SUBSCRIBE', ...channels]);
    }
  }

  async unsubscribe(channel: string, withinMs: number): Promise<void> {
    await this.#bounded(withinMs, () => this.#client.unsubscribe(channel));
  }

  /** The bare socket, for a reader of its own; afterwards nothing else here may be called but `end`. */
  takeSocket(): Socket {
    const {stream} = this.#client;
    stream.removeAllListeners('data');
    return stream;
  }

  end(why = CLOSED, silent = false): void {
    if (this.#why !== null) return;
    this.#why = new ConnectionLost(why, {silent});
    this.#client.disconnect();
    // A graceful end would wait for the other side, which may be lost.
    (this.#client.stream as Socket | undefined)?.destroy();
    this.#ended.resolve();
  }

  /**
   * Ends the connection to a primary that has become a replica: it keeps its connections and refuses every write, while a new
   * connection leads to the new primary. A young connection stays, so that a viewer can read a replica. Calls that are on their
   * way are answered first, so that their outcome is known.
   */
  #leaveIfDemoted(answer: Error): void {
    if (this.#isLeaving || !saysReplica(answer) || performance.now() - this.#openedAt < SETTLED_MS) return;
    this.#isLeaving = true;
    this.#ended.resolve();
    const leave = (): void => this.end('it is a replica by now');
    void this.#bounded(SETTLED_MS, () => this.#client.quit()).then(leave, leave);
  }

  async #bounded<T>(withinMs: number, run: () => Promise<T>): Promise<T> {
    if (this.#why !== null) throw this.#why;
    const late = (): void => this.end(`no answer within ${withinMs} ms`, true);
    const answered = deadline(withinMs, late, () => this.#heardAt, LONGEST_ANSWER_MS);
    try {
      return await run();
    } catch (error) {
      if (isReply(error) && !isFatal(error)) throw error;
      this.end(error instanceof Error ? error.message : String(error));
      throw this.#why ?? error;
    } finally {
      answered();
    }
  }
}

/** Keeps the text alone: errors of ioredis carry all arguments of a command, passwords too. */
function asRefused(error: unknown, command: Command): unknown {
  return isReply(error) ? new CommandError(error.message, command[0], keyOf(command)) : error;
}

/** EXEC succeeds and holds the errors of its commands, which came after MULTI. */
function refusedInside(answer: unknown, commands: readonly Command[]): unknown {
  if (!Array.isArray(answer)) return null;
  const at = answer.findIndex(isReply);
  const first = commands.findIndex(([name]) => name === 'MULTI') + 1;
  return at < 0 ? null : asRefused(answer[at], commands[first + at] ?? ['EXEC']);
}

function isReply(error: unknown): error is Error {
  // The name of a class is lost in a minified program.
  return error instanceof (ReplyError as ErrorConstructor);
}

/** Whether the server closes the connection after this error. */
function isFatal(error: Error): boolean {
  return error.message.includes('max number of clients');
}
