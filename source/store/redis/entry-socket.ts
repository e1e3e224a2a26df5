import type {Connection} from './connection.ts';
import {deadline} from './deadline.ts';
import {EntryDecoder, type EntryReply} from './entry-decoder.ts';
import {ConnectionLost, CommandError} from './faults.ts';
import type {SampleEntry} from '../port.ts';

/** Beyond the time the server waits for entries, how long nothing of its answer may arrive, in milliseconds. */
const GRACE_MS = 2000;

/** What one XREAD gave. */
export interface EntryRead {
  entries: SampleEntry[];
  /** Length of the answer. */
  bytes: number;
  /** False: the connection was lost in the middle of the answer, after these entries. */
  isWhole: boolean;
}

/** A connection that only reads one stream, with a decoder of its own. One read at a time. */
export class EntrySocket {
  readonly #connection: Connection;
  readonly #write: (bytes: string) => void;
  readonly #asking: string;
  readonly #decoder: EntryDecoder;
  #waiting: PromiseWithResolvers<EntryReply> | null = null;
  #heardAt = Number.NEGATIVE_INFINITY;
  #bytes = 0;

  /** `asking`: the node is taking over the stream's slot, and each read has to ask for it. */
  constructor(connection: Connection, asking = false) {
    this.#connection = connection;
    this.#asking = asking ? encode(['ASKING']) : '';
    const socket = connection.takeSocket();
    this.#decoder = new EntryDecoder(reply => {
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting?.resolve(reply);
    });
    this.#write = bytes => void socket.write(bytes);
    socket.on('data', (chunk: Buffer) => {
      this.#heardAt = performance.now();
      this.#bytes += chunk.length;
      try {
        this.#decoder.push(chunk);
      } catch (error) {
        connection.end(error instanceof Error ? error.message : String(error));
      }
    });
    void connection.ended.then(() => this.#waiting?.reject(new ConnectionLost('the connection was closed')));
  }

  get alive(): boolean {
    return this.#connection.alive;
  }

  /**
   * Reads entries after `id`, at most `count`; none: nothing came within `blockMs` (0: it does not wait). If the connection is
   * lost after some entries have come, it gives these.
   * @throws ConnectionLost, CommandError
   */
  async read(key: string, id: string, count: number, blockMs: number): Promise<EntryRead> {
    if (!this.alive) throw new ConnectionLost('the connection was closed');
    const block = blockMs > 0 ? ['BLOCK', String(blockMs)] : [];
    const words = ['XREAD', 'COUNT', String(count), ...block, 'STREAMS', key, id];
    const waiting = Promise.withResolvers<EntryReply>();
    this.#waiting = waiting;
    this.#bytes = 0;
    const late = (): void => this.#connection.end('no answer to XREAD', true);
    const answered = deadline(blockMs + GRACE_MS, late, () => this.#heardAt);
    try {
      this.#write(this.#asking + encode(words));
      const reply = await waiting.promise;
      if ('error' in reply) throw new CommandError(reply.error, 'XREAD', key);
      return {entries: reply.entries, bytes: this.#bytes, isWhole: true};
    } catch (error) {
      const entries = error instanceof ConnectionLost ? this.#decoder.takeEntries() : [];
      if (entries.length === 0) throw error;
      return {entries, bytes: this.#bytes, isWhole: false};
    } finally {
      answered();
    }
  }

  end(): void {
    this.#connection.end();
  }
}

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
