import {setTimeout as delay} from 'node:timers/promises';
import {wellFormedJson} from '../../release/well-formed.ts';
import {StoreFault} from '../fault.ts';
import {
  KEEP_SAMPLES_MS,
  type RollUp,
  type RollUpReader,
  type RollUpWriter,
  type SampleEntry,
  type SampleReader,
  type SampleWriter,
} from '../port.ts';
import {readSlices} from '../read-documents.ts';
import type {Address} from './address.ts';
import type {RedisClient} from './client.ts';
import type {StoreClock} from './clock.ts';
import type {Command} from './connection.ts';
import {Cursor, timeOf} from './cursor.ts';
import {type EntryRead, EntrySocket} from './entry-socket.ts';
import {ConnectionLost, toFault, type Whereabouts} from './faults.ts';
import type {Keys} from './keys.ts';
import {lastGiven} from './streams.ts';

/** Roll-ups are members of sorted sets, scored by time. A member begins with its time: otherwise equal bodies would be one member. */
export function rollUpReader(client: RedisClient, keys: Keys): RollUpReader {
  return {
    read: (kind, sinceMs, take) =>
      readSlices(
        async (after, count) => {
          const range = [`(${after}`, '+inf', 'WITHSCORES', 'LIMIT', 0, count];
          // Members and scores alternate.
          const answer = (await client.call(['ZRANGEBYSCORE', keys[kind], ...range], {
            reads: true,
            isLarge: true,
          })) as string[];
          const members = answer.filter((_, index) => index % 2 === 0);
          const last = members.length < count ? null : Number(answer.at(-1));
          return {rollUps: members.flatMap(decode), last};
        },
        sinceMs,
        take,
      ),
  };
}

export function rollUpWriter(client: RedisClient, clock: StoreClock, keys: Keys): RollUpWriter {
  return {
    write: async (kind, rollUps, keepMs) => {
      const key = keys[kind];
      // A transaction: no reader sees a time without its roll-up, and no half of a write stays.
      const commands: Command[] = [['MULTI']];
      for (const {t, body} of rollUps) {
        commands.push(['ZREMRANGEBYSCORE', key, t, t], ['ZADD', key, t, `${t} ${wellFormedJson(body)}`]);
      }
      commands.push(['ZREMRANGEBYSCORE', key, '-inf', `(${clock.now() - keepMs}`], ['EXEC']);
      await client.all(commands, key);
    },
  };
}

/** Reads a roll-up. Anything else is skipped. */
function decode(member: string): RollUp[] {
  const space = member.indexOf(' ');
  const t = Number(member.slice(0, space));
  return space > 0 && Number.isFinite(t) ? [{t, body: member.slice(space + 1)}] : [];
}

const BATCH = 1000;
/** How long the server waits for entries before it answers with none, in milliseconds. */
const BLOCK_MS = 2000;
const FIRST_RETRY_MS = 50;
/** A password that was replaced is to work within 2 s. */
const LONGEST_RETRY_MS = 1000;
/** Before every id there is. */
const START = '0-0';

type OnBatch = (entries: SampleEntry[]) => void;

export function sampleReader(client: RedisClient, clock: StoreClock, key: string): SampleReader {
  const source = {client, clock, key};
  return {
    async lastId() {
      const last = await lastGiven(client, key).catch(unlessTooLarge);
      return last === undefined ? `${Math.floor(clock.now())}-0` : (last ?? START);
    },
    history: (sinceMs, onBatch, signal) =>
      withStream(source, signal, (stream, stopped) =>
        readHistory(source, stream, before(sinceMs), onBatch, stopped),
      ),
    follow: (afterId, onBatch, signal, onStatus) =>
      withStream(source, signal, (stream, stopped) =>
        followEntries(source, stream, new Cursor(afterId, () => clock.now()), {onBatch, onStatus}, stopped),
      ),
  };
}

/** The stream of samples of one feature. */
interface Source {
  client: RedisClient;
  clock: StoreClock;
  key: string;
}

/** Opens a connection of its own for reading a stream, and ends it with the work, the signal or the client. */
async function withStream<Result>(
  {client, clock, key}: Source,
  stopped: AbortSignal,
  work: (stream: StreamConnection, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const signal = AbortSignal.any([stopped, client.closed]);
  const stream = new StreamConnection(client, clock, key);
  const stop = (): void => stream.end();
  signal.addEventListener('abort', stop);
  try {
    return await work(stream, signal);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.end();
  }
}

/** Reads on from an id to the end of the stream. @returns the last id that was read */
async function readHistory(
  {client}: Source,
  stream: StreamConnection,
  afterId: string,
  onBatch: OnBatch,
  signal: AbortSignal,
): Promise<string> {
  let id = afterId;
  for (;;) {
    let read: StreamRead;
    try {
      read = await stream.read(id, 0);
    } catch (error) {
      if (signal.aborted) return id;
      if (stream.mayShrink(error, LOSSES_UNTIL_NOW)) continue;
      client.forgetNodes();
      throw toFault(error, whereOf(client));
    }
    const {entries, isEnd} = read;
    if (signal.aborted) return id;
    id = entries.at(-1)?.id ?? read.id;
    if (entries.length > 0) onBatch(entries);
    if (isEnd) return id;
  }
}

/** Follows a stream until the signal aborts, through every fault of the store. */
async function followEntries(
  {client, key}: Source,
  stream: StreamConnection,
  cursor: Cursor,
  {onBatch, onStatus}: {onBatch: OnBatch; onStatus: Parameters<SampleReader['follow']>[3]},
  signal: AbortSignal,
): Promise<void> {
  let retryMs = 0;
  while (!signal.aborted) {
    let entries: SampleEntry[];
    try {
      // After a fault the first read does not block, so that `back` is reported at once.
      const read = await stream.read(cursor.id, retryMs > 0 ? 0 : BLOCK_MS);
      ({entries} = read);
      if (read.id !== cursor.id) cursor.skipTo(read.id);
      const last = entries.length > 0 ? undefined : await lastGiven(client, key).catch(unlessTooLarge);
      if (last !== undefined) cursor.checkAgainst(last);
    } catch (error) {
      if (signal.aborted) return;
      if (stream.mayShrink(error)) continue;
      // Also after an error of the server, which may no longer serve this key.
      stream.drop();
      client.forgetNodes();
      if (retryMs === 0) onStatus?.({away: toFault(error, whereOf(client)).message});
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
}

function whereOf({target, role}: RedisClient): Whereabouts {
  return {label: target.label, role};
}

/** XINFO tells first and last entry, too, and a server closes a connection on which it would send more than it allows. */
function unlessTooLarge(error: unknown): undefined {
  if (!(error instanceof StoreFault && error.cause instanceof ConnectionLost)) throw error;
}

/** Redirections of a cluster that one read follows at most. */
const MAX_REDIRECTIONS = 4;
/** An answer is to have about so many bytes at most, so that entries are handed on while others arrive. */
const LARGE_BYTES = 8 * 1024 * 1024;
/** One entry whose answer was lost so often is passed over. */
const MOST_LOSSES = 3;
/** After so many losses `SKIP_MS`, doubled each time, has passed all that is kept. */
const LOSSES_UNTIL_NOW = 16;
/** How far after the last entry the next one is looked for then, in milliseconds; twice as far with each further loss. */
const SKIP_MS = 1000;

interface StreamRead extends Pick<EntryRead, 'entries'> {
  /** The id after which it was read; another than was asked for where entries were passed over. */
  id: string;
  /** There is no more in the stream. */
  isEnd: boolean;
}

/**
 * Reads one stream on a connection of its own, which is opened again after a loss and follows the stream's slot. It asks for
 * fewer entries where their answers are large or are lost, and passes over one that the server does not hand out even alone.
 */
class StreamConnection {
  readonly #client: RedisClient;
  readonly #clock: StoreClock;
  readonly #key: string;
  #socket: EntrySocket | null = null;
  #address: Address | null = null;
  #isEnded = false;
  #count = BATCH;
  /** Answers lost one after another, each of a single entry. */
  #losses = 0;
  #isLost = false;

  constructor(client: RedisClient, clock: StoreClock, key: string) {
    this.#client = client;
    this.#clock = clock;
    this.#key = key;
  }

  /** Reads entries after `id`, as `EntrySocket.read`. @throws ConnectionLost, CommandError, StoreFault */
  async read(id: string, blockMs: number): Promise<StreamRead> {
    this.#isLost = false;
    const from = this.#losses < MOST_LOSSES ? id : this.#after(id);
    for (let hops = 0; ; hops++) {
      if (this.#socket?.alive !== true) await this.#open(await this.#client.find(this.#key), false);
      const socket = this.#socket;
      if (socket === null) throw new ConnectionLost('the connection was closed');
      const asked = this.#count;
      try {
        const read = await socket.read(this.#key, from, asked, blockMs);
        this.#adapt(read);
        return {entries: read.entries, id: from, isEnd: read.isWhole && read.entries.length < asked};
      } catch (error) {
        const other = this.#address === null ? null : this.#client.redirectionOf(error, this.#address);
        if (other === null || hops >= MAX_REDIRECTIONS) {
          if (error instanceof ConnectionLost && !this.#isEnded) this.#lose();
          throw error;
        }
        this.drop();
        await this.#open(other.to, other.ask);
      }
    }
  }

  /** Whether an error may be one of too large an answer, and a smaller one is worth asking for at once. */
  mayShrink(error: unknown, mostLosses = MOST_LOSSES): boolean {
    return this.#isLost && error instanceof ConnectionLost && !error.silent && this.#losses <= mostLosses;
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

  #adapt({entries, bytes}: EntryRead): void {
    this.#losses = 0;
    const fitting = entries.length === 0 ? BATCH : Math.floor((LARGE_BYTES * entries.length) / bytes);
    this.#count = Math.max(1, Math.min(BATCH, 2 * this.#count, fitting));
  }

  #lose(): void {
    this.#isLost = true;
    if (this.#count === 1) this.#losses++;
    this.#count = Math.ceil(this.#count / 8);
  }

  /** An id beyond the entry that is not handed out. */
  #after(id: string): string {
    const now = Math.floor(this.#clock.now());
    const skipMs = SKIP_MS * 2 ** (this.#losses - MOST_LOSSES);
    return `${Math.min(now, Math.max(timeOf(id), now - KEEP_SAMPLES_MS) + skipMs)}-0`;
  }

  async #open(address: Address, asking: boolean): Promise<void> {
    const socket = new EntrySocket(await this.#client.dedicated(this.#key, address), asking);
    this.#socket = socket;
    this.#address = address;
    // The caller may have called `end` while the connection was being opened.
    if (this.#isEnded) socket.end();
  }
}

/** Time in milliseconds, and number of entries, after which a writer trims. Each trim costs the server half of a write. */
const TRIM_EVERY_MS = 5000;
const TRIM_EVERY = BATCH;

export function sampleWriter(client: RedisClient, clock: StoreClock, key: string): SampleWriter {
  let trimmedAt = Number.NEGATIVE_INFINITY;
  let written = 0;
  return {
    write: async (entries, keepMs = KEEP_SAMPLES_MS) => {
      for (let from = 0; from < entries.length; from += BATCH) {
        const batch = entries.slice(from, from + BATCH);
        const now = clock.now();
        // If the clock went back the age of the last trim is not known.
        const isDue = Math.abs(now - trimmedAt) >= TRIM_EVERY_MS || written + batch.length > TRIM_EVERY;
        const trim = isDue ? ['MINID', '~', Math.max(0, Math.floor(now - keepMs))] : [];
        await client.all(
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
