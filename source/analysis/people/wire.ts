import {encodeBase64} from '../sketches/base64.ts';
import {ByteReader, ByteWriter} from '../sketches/bytes.ts';
import {MOST_LEVEL} from './person.ts';

/** What may be new about a person, one bit each; the last three are followed by a level. */
export const SEEN = 1;
export const FAILED = 2;
export const CONVERTED = 4;
export const SLOWEST = 8;
export const THIRD = 16;
export const TENTH = 32;
const ALL_MARKS = 63;

/** Characters of the field `people` of an entry, `~` included. */
export const LONGEST_PEOPLE = 49_152;
/** People that one entry tells of: each takes at most eight bytes. */
const MOST_TOLD = 4500;
const VERSION = 1;
/** Hash and marks. */
const LEAST_BYTES = 5;

/** What is new about people, as one writer saw it since its last entry. */
export class PeopleNews {
  /** Requests that named a person. */
  named = 0;
  /** How many of the places below are in use. */
  length = 0;
  hashes = new Uint32Array(16);
  marks = new Uint8Array(16);
  /** Three to a person: slowest, third and tenth slowest; 0 where not told. */
  levels = new Uint8Array(48);

  get isFull(): boolean {
    return this.length >= MOST_TOLD;
  }

  clear(): void {
    this.named = 0;
    this.length = 0;
  }

  /** Adds what is new about a person; a person may be added more than once. */
  push(hash: number, marks: number, slowest: number, third: number, tenth: number): void {
    if (this.length === this.hashes.length) this.#grow();
    const index = this.length++;
    this.hashes[index] = hash;
    this.marks[index] = marks;
    this.levels[index * 3] = slowest;
    this.levels[index * 3 + 1] = third;
    this.levels[index * 3 + 2] = tenth;
  }

  /** The text of the field `people`; empty where no request named a person and nothing is new. */
  encode(): string {
    if (this.named === 0 && this.length === 0) return '';
    this.#merge();
    const writer = new ByteWriter();
    writer.byte(VERSION);
    writer.varint(this.named);
    writer.varint(this.length);
    for (let index = 0; index < this.length; index++) {
      const marks = this.marks[index] ?? 0;
      writer.word(this.hashes[index] ?? 0);
      writer.byte(marks);
      for (let which = 0; which < 3; which++)
        if ((marks & (SLOWEST << which)) !== 0) writer.byte(this.levels[index * 3 + which] ?? 0);
    }
    return `~${encodeBase64(writer.take())}`;
  }

  /**
   * Takes what an entry says in place of what is here. @returns null, or what is wrong: `length` is 0 then
   * @param bytes in which it lies, from byte `from` up to `to`
   */
  decode(bytes: Uint8Array, from: number, to: number): string | null {
    this.clear();
    const wrong = this.#read(reader.over(bytes, from, to));
    if (wrong !== null) this.clear();
    return wrong;
  }

  #read(reader: ByteReader): string | null {
    if (reader.varint() !== VERSION) return 'of no known version';
    this.named = reader.varint();
    const count = reader.varint();
    if (this.named < 0 || count < 0 || count * LEAST_BYTES > reader.end - reader.at) return 'cut short';
    let last = 0;
    for (let n = 0; n < count; n++) {
      const hash = reader.word();
      const marks = reader.byte();
      if (hash < 0 || marks < 0) return 'cut short';
      if (hash <= last) return 'a person twice, or out of order';
      if (marks === 0 || marks > ALL_MARKS) return 'unknown news of a person';
      last = hash;
      this.push(hash, marks, 0, 0, 0);
      for (let which = 0; which < 3; which++) {
        if ((marks & (SLOWEST << which)) === 0) continue;
        const level = reader.byte();
        if (level < 1 || level > MOST_LEVEL) return 'no level of an answer';
        this.levels[n * 3 + which] = level;
      }
    }
    return reader.at === reader.end ? null : 'longer than it says';
  }

  /** One place for each person, in the order of their hashes. */
  #merge(): void {
    const order = Array.from({length: this.length}, (_, index) => index);
    order.sort((one, other) => (this.hashes[one] ?? 0) - (this.hashes[other] ?? 0));
    const hashes = new Uint32Array(this.length);
    const marks = new Uint8Array(this.length);
    const levels = new Uint8Array(this.length * 3);
    let at = -1;
    for (const from of order) {
      const hash = this.hashes[from] ?? 0;
      if (at < 0 || hashes[at] !== hash) hashes[++at] = hash;
      marks[at] = (marks[at] ?? 0) | (this.marks[from] ?? 0);
      for (let which = 0; which < 3; which++)
        levels[at * 3 + which] = Math.max(levels[at * 3 + which] ?? 0, this.levels[from * 3 + which] ?? 0);
    }
    [this.length, this.hashes, this.marks, this.levels] = [at + 1, hashes, marks, levels];
  }

  #grow(): void {
    const size = Math.max(16, this.hashes.length * 2);
    const hashes = new Uint32Array(size);
    const marks = new Uint8Array(size);
    const levels = new Uint8Array(size * 3);
    hashes.set(this.hashes);
    marks.set(this.marks);
    levels.set(this.levels);
    [this.hashes, this.marks, this.levels] = [hashes, marks, levels];
  }
}

const reader = new ByteReader();
