import {Redis, ReplyError, type RedisOptions} from 'ioredis';
import type {Socket} from 'node:net';
import {deadline} from './deadline.ts';
import {Gone, Refused, saysReplica} from './faults.ts';

/** A command: its name in capitals, then its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]];

/** Where the key stands that decides on the node, where it is not the first argument. */
const KEY_AT: Record<string, number> = {EVAL: 3, XINFO: 2};

/** Its first key; null when it has no argument there. */
export function keyOf(command: Command): string | null {
  const key = command[KEY_AT[command[0]] ?? 1];
  return key === undefined ? null : String(key);
}

const CLOSED = 'the connection was closed';
/** However much of an answer arrives, it is waited for no longer, in milliseconds. */
const LONGEST_ANSWER_MS = 30_000;
/** So long at least a connection is kept to a server that takes no writes, in milliseconds. */
const SETTLED_MS = 1000;

/**
 * A connection lives once. The client's own means to survive a loss (resending, queues, reconnecting) are off:
 * what is written twice behind our back, or waits without end, is worse than an error.
 */
const ONE_LIFE: RedisOptions = {
  lazyConnect: true,
  retryStrategy: () => null,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableOfflineQueue: false,
  // These would send INFO and CLIENT, which a user with few rights may not, and warn on the terminal.
  enableReadyCheck: false,
  disableClientInfo: true,
  maxRetriesPerRequest: 0,
  keepAlive: 10_000,
  noDelay: true,
};

/** One connection to one server, from open to its first fault; after that every call throws `Gone`. */
export class Connection {
  readonly #client: Redis;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #openedAt = performance.now();
  #isLeaving = false;
  /** When the last bytes came, by `performance.now()`. */
  #heardAt = Number.NEGATIVE_INFINITY;
  #why: Gone | null = null;

  private constructor(client: Redis) {
    this.#client = client;
    client.on('error', (error: Error) => this.end(error.message));
    client.once('end', () => this.end());
  }

  /**
   * Connects; nothing is sent yet. Without `keepAlive` it keeps a process running only while it waits for an answer.
   * @throws Gone after at most `withinMs`.
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

  /** Resolves when nothing may be begun here any more. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Sends one command. If nothing arrives for `withinMs` the connection ends: it may be open on one side only.
   * @throws Refused: the server's error. @throws Gone: no answer, and none will come.
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

  /** Sends commands in one write; one answer each, a `Refused` where the server gave an error. @throws Gone */
  async all(commands: readonly Command[], withinMs: number): Promise<unknown[]> {
    const answers = await this.#bounded(withinMs, async () => {
      const pipeline = this.#client.pipeline();
      for (const [name, ...args] of commands) pipeline.call(name, ...args);
      return pipeline.exec();
    });
    if (answers === null) throw new Gone(CLOSED);
    return answers.map(([error, answer], at) => {
      if (error === null) return refusedInside(answer, commands) ?? answer;
      const told = asRefused(error, commands[at] ?? ['?']);
      if (told instanceof Refused) {
        this.#leaveIfDemoted(told);
        return told;
      }
      throw this.#why ?? new Gone(CLOSED);
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
    this.#why = new Gone(why, {silent});
    this.#client.disconnect();
    // Not graceful: the other side may be gone without a word, and would be waited for.
    (this.#client.stream as Socket | undefined)?.destroy();
    this.#ended.resolve();
  }

  /**
   * A primary that has become a replica keeps its connections and refuses every write. Whoever connects anew finds the new
   * one where its name, or a sentinel, leads by now; who wants to look at a replica may, and is not sent away all the
   * time. What is on its way here is answered first: or nobody would know whether it was carried out.
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

/** The client's errors carry all arguments of the command, a password among them: only the text is kept. */
function asRefused(error: unknown, command: Command): unknown {
  return isReply(error) ? new Refused(error.message, command[0], keyOf(command)) : error;
}

/** EXEC succeeds and holds the errors of its commands, which came after MULTI. */
function refusedInside(answer: unknown, commands: readonly Command[]): unknown {
  if (!Array.isArray(answer)) return null;
  const at = answer.findIndex(isReply);
  const first = commands.findIndex(([name]) => name === 'MULTI') + 1;
  return at < 0 ? null : asRefused(answer[at], commands[first + at] ?? ['EXEC']);
}

function isReply(error: unknown): error is Error {
  // By the class: the name of one is lost where the program is minified.
  return error instanceof (ReplyError as ErrorConstructor);
}

/** What the server says when it closes the connection right after. */
function isFatal(error: Error): boolean {
  return error.message.includes('max number of clients');
}
