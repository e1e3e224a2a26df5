import {setTimeout as delay} from 'node:timers/promises';
import {KEEP_SAMPLES_MS, type SampleEntry, type SampleReader, type SampleWriter} from '../port.ts';
import type {Address} from './address.ts';
import type {StoreClock} from './clock.ts';
import type {Command} from './connection.ts';
import {EntrySocket} from './entry-socket.ts';
import {toFault} from './faults.ts';
import type {Line} from './line.ts';
import {Cursor} from './cursor.ts';
import {lastGiven} from './streams.ts';

const BATCH = 1000;
/** How long the server waits for entries before it answers with none, in milliseconds. */
const BLOCK_MS = 2000;
const FIRST_RETRY_MS = 50;
/** A password that was replaced is to work within 2 s. */
const LONGEST_RETRY_MS = 1000;
/** Before every id there is. */
const START = '0-0';

type OnBatch = (entries: SampleEntry[]) => void;

export function sampleReader(line: Line, clock: StoreClock, key: string): SampleReader {
  const where = {label: line.target.label, role: line.role};

  const history = async (sinceMs: number, onBatch: OnBatch, stopped: AbortSignal): Promise<string> => {
    const signal = AbortSignal.any([stopped, line.closed]);
    let id = before(sinceMs);
    const stream = new StreamConnection(line, key);
    const stop = (): void => stream.end();
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        const entries = await stream.read(id, BATCH, 0);
        if (signal.aborted) return id;
        id = entries.at(-1)?.id ?? id;
        if (entries.length > 0) onBatch(entries);
        if (entries.length < BATCH) return id;
      }
    } catch (error) {
      if (signal.aborted) return id;
      line.forgetNodes();
      throw toFault(error, where);
    } finally {
      signal.removeEventListener('abort', stop);
      stream.end();
    }
  };

  const follow: SampleReader['follow'] = async (afterId, onBatch, stopped, onStatus) => {
    const signal = AbortSignal.any([stopped, line.closed]);
    const cursor = new Cursor(afterId, () => clock.now());
    const stream = new StreamConnection(line, key);
    const stop = (): void => stream.end();
    signal.addEventListener('abort', stop);
    let retryMs = 0;
    try {
      while (!signal.aborted) {
        let entries: SampleEntry[];
        try {
          // After a fault the first look does not wait, so that "back" is told at once.
          entries = await stream.read(cursor.id, BATCH, retryMs > 0 ? 0 : BLOCK_MS);
          if (entries.length === 0) cursor.checkAgainst(await lastGiven(line, key));
        } catch (error) {
          if (signal.aborted) return;
          // Even an error that the server gave: it may have been the wrong server by now.
          stream.drop();
          line.forgetNodes();
          if (retryMs === 0) onStatus?.({away: toFault(error, where).message});
          retryMs = Math.min(Math.max(FIRST_RETRY_MS, retryMs * 2), LONGEST_RETRY_MS);
          await delay(retryMs, undefined, {signal}).catch(() => undefined);
          continue;
        }
        if (signal.aborted) return;
        if (retryMs > 0) onStatus?.({away: null});
        retryMs = 0;
        if (entries.length === 0) continue;
        cursor.moveTo(entries);
        onBatch(entries);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stream.end();
    }
  };

  return {lastId: async () => (await lastGiven(line, key)) ?? START, history, follow};
}

/** Redirections of a cluster that one read follows at most. */
const MAX_REDIRECTIONS = 4;

/** Reads one stream on a connection of its own, which is opened again after a loss and follows the stream's slot. */
class StreamConnection {
  readonly #line: Line;
  readonly #key: string;
  #socket: EntrySocket | null = null;
  #address: Address | null = null;
  #isEnded = false;

  constructor(line: Line, key: string) {
    this.#line = line;
    this.#key = key;
  }

  /** As `EntrySocket.read`. @throws Gone, Refused, StoreFault */
  async read(id: string, count: number, blockMs: number): Promise<SampleEntry[]> {
    for (let hops = 0; ; hops++) {
      if (this.#socket?.alive !== true) await this.#open(await this.#line.find(this.#key), false);
      try {
        return (await this.#socket?.read(this.#key, id, count, blockMs)) ?? [];
      } catch (error) {
        const other = this.#address === null ? null : this.#line.redirectionOf(error, this.#address);
        if (other === null || hops >= MAX_REDIRECTIONS) throw error;
        this.drop();
        await this.#open(other.to, other.ask);
      }
    }
  }

  /** The next read opens another connection. */
  drop(): void {
    this.#socket?.end();
    this.#socket = null;
  }

  end(): void {
    this.#isEnded = true;
    this.drop();
  }

  async #open(address: Address, asking: boolean): Promise<void> {
    const socket = new EntrySocket(await this.#line.dedicated(this.#key, address), asking);
    this.#socket = socket;
    this.#address = address;
    // The caller may have ended this while the connection was being opened.
    if (this.#isEnded) socket.end();
  }
}

/** A writer trims so often at least, milliseconds, and after so many entries: looking costs the server half of a write. */
const TRIM_EVERY_MS = 5000;
const TRIM_EVERY = BATCH;

export function sampleWriter(line: Line, clock: StoreClock, key: string): SampleWriter {
  let trimmedAt = Number.NEGATIVE_INFINITY;
  let written = 0;
  return {
    write: async (entries, keepMs = KEEP_SAMPLES_MS) => {
      for (let from = 0; from < entries.length; from += BATCH) {
        const batch = entries.slice(from, from + BATCH);
        const now = clock.now();
        // A clock that went back says nothing about how long ago it was.
        const isDue = Math.abs(now - trimmedAt) >= TRIM_EVERY_MS || written + batch.length > TRIM_EVERY;
        const trim = isDue ? ['MINID', '~', Math.max(0, Math.floor(now - keepMs))] : [];
        await line.all(
          batch.map((fields, at): Command => ['XADD', key, ...(at === 0 ? trim : []), '*', ...fields]),
          key,
        );
        written = isDue ? batch.length : written + batch.length;
        if (isDue) trimmedAt = now;
      }
    },
  };
}

/** The id right before every entry written at `ms` or later. */
function before(ms: number): string {
  const whole = Math.floor(ms);
  return whole <= 0 ? START : `${whole - 1}-18446744073709551615`;
}
