import type {SampleEntry} from '../port.ts';

/** Longest text that is looked up, in bytes. */
const LONGEST = 24;
/** Places; a power of two. Two texts at one place take turns. */
const PLACES = 4096;

/** Makes text of bytes; short text that was seen lately (names, small numbers) is not made again. */
class KnownTexts {
  readonly #texts: string[] = Array.from({length: PLACES}, () => '');

  /** The UTF-8 text of `length` bytes at `start`. */
  read(bytes: Buffer, start: number, length: number): string {
    const end = start + length;
    if (length > LONGEST) return bytes.toString('utf8', start, end);
    let hash = length;
    let all = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      all |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (all > 0x7f) return bytes.toString('utf8', start, end);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#texts[place] ?? '';
    if (known.length === length && isSame(known, bytes, start)) return known;
    const text = bytes.toString('latin1', start, end);
    this.#texts[place] = text;
    return text;
  }
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}

/** A reply to XREAD: entries (none if the wait ran out), or an error of the server. */
export type EntryReply = {entries: SampleEntry[]} | {error: string};

const MINUS = 0x2d;
const PLUS = 0x2b;
const STAR = 0x2a;
const DOLLAR = 0x24;
const CR = 0x0d;
/** Longest text that is handed on whole, in bytes. Of a longer one only the beginning is kept, to bound memory. */
const LONGEST_TEXT = 131_072;
const OTHER_REPLY = 'Protocol error: another reply than that of XREAD';
/** The bytes end before the value does. */
const MORE = -2;

/**
 * Reads the replies of XREAD (of one stream, RESP2). It costs a third of the CPU that the parser of ioredis needs: it makes no
 * buffer for each field, and repeated text only once. It also gives the entries of a reply that is not complete.
 */
export class EntryDecoder {
  readonly #onReply: (reply: EntryReply) => void;
  readonly #texts = new KnownTexts();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Bytes that wait until there are `#need`, so that a long text is joined once and not with every chunk. */
  #chunks: Buffer[] = [];
  #waiting = 0;
  #need = 0;
  /** Entries of the current reply, and how many are missing; null between replies. */
  #entries: SampleEntry[] | null = null;
  #left = 0;

  constructor(onReply: (reply: EntryReply) => void) {
    this.#onReply = onReply;
  }

  /** @throws Error when the bytes are no such reply. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting < this.#need) return;
    this.#bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#at = 0;
    let taken = 0;
    this.#need = 0;
    while (this.#at < this.#bytes.length && this.#step()) taken = this.#at;
    const rest = this.#bytes.subarray(taken);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#waiting = rest.length;
    this.#need -= taken;
  }

  /** The entries of the reply that is being read, as far as they have come; they are not part of the reply any more. */
  takeEntries(): SampleEntry[] {
    return this.#entries?.splice(0) ?? [];
  }

  /** Reads a header or one entry; false: not all of it is here. */
  #step(): boolean {
    if (this.#entries === null) {
      if (!this.#header()) return false;
    } else {
      const entry = this.#entry();
      if (entry === null) return false;
      this.#entries.push(entry);
      this.#left--;
    }
    if (this.#entries !== null && this.#left === 0) {
      const entries = this.#entries;
      this.#entries = null;
      this.#onReply({entries});
    }
    return true;
  }

  /** `*-1` for nothing, else `*1 *2 $key *N` before the entries. */
  #header(): boolean {
    if (this.#bytes[this.#at] === MINUS) return this.#error();
    if (this.#bytes[this.#at] === PLUS) return this.#ok();
    const streams = this.#size(STAR);
    if (streams === MORE) return false;
    this.#left = 0;
    if (streams > 0) {
      if (this.#size(STAR) === MORE) return false;
      if (this.#text() === null) return false;
      const count = this.#size(STAR);
      if (count === MORE) return false;
      this.#left = Math.max(0, count);
    }
    this.#entries = [];
    return true;
  }

  #error(): boolean {
    const error = this.#line();
    if (error === null) return false;
    this.#onReply({error});
    return true;
  }

  /** The OK to ASKING. */
  #ok(): boolean {
    const text = this.#line();
    if (text !== null && text !== 'OK') throw new Error(OTHER_REPLY);
    return text !== null;
  }

  /** Reads a line, without the mark it begins with; null: its end is not here yet. */
  #line(): string | null {
    const end = this.#bytes.indexOf('\r\n', this.#at);
    if (end < 0) return null;
    const text = this.#bytes.toString('utf8', this.#at + 1, end);
    this.#at = end + 2;
    return text;
  }

  /** `*2 $id *N` and N texts. */
  #entry(): SampleEntry | null {
    if (this.#size(STAR) === MORE) return null;
    const length = this.#size(DOLLAR);
    if (length === MORE || !this.#has(length)) return null;
    const start = this.#at;
    const bytes = this.#bytes;
    let at = 0;
    for (let place = start; place < start + length; place++) {
      const digit = (bytes[place] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      at = at * 10 + digit;
    }
    const id = bytes.toString('latin1', start, start + length);
    this.#at = start + length + 2;
    const count = this.#size(STAR);
    if (count === MORE) return null;
    const fields: string[] = [];
    for (let field = 0; field < count; field++) {
      const text = this.#text();
      if (text === null) return null;
      fields.push(text);
    }
    return {id, at, fields};
  }

  #text(): string | null {
    const length = this.#size(DOLLAR);
    if (length === MORE) return null;
    if (length < 0) return '';
    if (!this.#has(length)) return null;
    const start = this.#at;
    this.#at = start + length + 2;
    return this.#texts.read(this.#bytes, start, Math.min(length, LONGEST_TEXT));
  }

  /** `*12\r\n` or `$5\r\n`: the number after the mark. */
  #size(mark: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at >= bytes.length) return MORE;
    if (bytes[at] !== mark) throw new Error(OTHER_REPLY);
    let size = 0;
    let sign = 1;
    for (at++; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === CR) {
        if (at + 1 >= bytes.length) return MORE;
        this.#at = at + 2;
        return sign * size;
      }
      if (byte === MINUS) sign = -1;
      else size = size * 10 + byte - 0x30;
    }
    return MORE;
  }

  /** Whether a text of this length is here with its line end; if not, notes how much is needed. */
  #has(length: number): boolean {
    const end = this.#at + length + 2;
    if (end <= this.#bytes.length) return true;
    this.#need = end;
    return false;
  }
}
