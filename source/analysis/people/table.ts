import {ANSWERS, insertAnswer, SLOWEST_AT, TENTH_AT, THIRD_AT} from './person.ts';

/** People that a reader tells apart: about the size of the table, 21 MiB, sets the bound. */
export const MOST_PEOPLE = 1_000_000;
const FIRST_CAPACITY = 1024;
/** Tables are at most so full. */
const MOST_FULL = 0.6;
/** Places looked at for one person. Hashes of real people need a tenth of it; made-up ones shall not cost more. */
const MOST_PROBES = 512;

/**
 * What is known of each person in a release, by hash: open addressing on typed arrays, ten bytes a place and ten more
 * once answers are told one by one. A place is an index into the columns; adding a person may move all of them.
 */
export class PeopleTable {
  readonly #most: number;
  #capacity = FIRST_CAPACITY;
  #size = 0;
  hashes = new Uint32Array(FIRST_CAPACITY);
  /** Bits of `wire.ts`: failed, converted. */
  marks = new Uint8Array(FIRST_CAPACITY);
  /** The split under which the person was last seen on prod and on gray, by its number; 0: never. */
  seenProd = new Uint8Array(FIRST_CAPACITY);
  seenGray = new Uint8Array(FIRST_CAPACITY);
  slowest = new Uint8Array(FIRST_CAPACITY);
  third = new Uint8Array(FIRST_CAPACITY);
  tenth = new Uint8Array(FIRST_CAPACITY);
  /** Levels of the ten slowest answers that were told one by one; null: none was. */
  #answers: Uint8Array | null = null;

  /** @param most people; more are not told apart */
  constructor(most = MOST_PEOPLE) {
    this.#most = most;
  }

  /** People in it. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of the columns. */
  get bytes(): number {
    return this.#capacity * (10 + (this.#answers === null ? 0 : ANSWERS));
  }

  /** The place of a person, made where there is none yet; -1: no room is left. */
  place(hash: number): number {
    const known = this.#find(hash);
    if (known < 0 || this.hashes[known] !== 0) return known;
    if (this.#size >= this.#most) return -1;
    this.#size++;
    this.hashes[known] = hash;
    if (this.#size <= this.#capacity * MOST_FULL) return known;
    this.#grow();
    return this.#find(hash);
  }

  /** The place of a person who is in it; -1 for any other. */
  placeOf(hash: number): number {
    const known = this.#find(hash);
    return known >= 0 && this.hashes[known] !== 0 ? known : -1;
  }

  /** Adds an answer that was told by itself. @returns whether it is one of the ten slowest of this person */
  answer(place: number, level: number): boolean {
    this.#answers ??= new Uint8Array(this.#capacity * ANSWERS);
    return insertAnswer(this.#answers, place * ANSWERS, level);
  }

  /** The levels of the slowest, third and tenth slowest of the answers that were told one by one; 0: not so many. */
  answers(place: number): {slowest: number; third: number; tenth: number} {
    const at = (offset: number) => this.#answers?.[place * ANSWERS + offset] ?? 0;
    return {slowest: at(SLOWEST_AT), third: at(THIRD_AT), tenth: at(TENTH_AT)};
  }

  /** Forgets under which splits people were seen: their numbers begin again. */
  forgetSeen(): void {
    this.seenProd.fill(0);
    this.seenGray.fill(0);
  }

  /** The place of a hash, or the free one where it belongs; -1: too many others lie in between. */
  #find(hash: number): number {
    const mask = this.#capacity - 1;
    let place = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const there = this.hashes[place];
      if (there === hash || there === 0) return place;
      place = (place + 1) & mask;
    }
    return -1;
  }

  #grow(): void {
    const {hashes, marks, seenProd, seenGray, slowest, third, tenth} = this;
    const answers = this.#answers;
    const mask = this.#capacity * 2 - 1;
    this.#capacity *= 2;
    this.hashes = new Uint32Array(this.#capacity);
    const column = () => new Uint8Array(this.#capacity);
    [this.marks, this.seenProd, this.seenGray] = [column(), column(), column()];
    [this.slowest, this.third, this.tenth] = [column(), column(), column()];
    if (answers !== null) this.#answers = new Uint8Array(this.#capacity * ANSWERS);
    for (const [from, hash] of hashes.entries()) {
      if (hash === 0) continue;
      let to = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
      while (this.hashes[to] !== 0) to = (to + 1) & mask;
      this.hashes[to] = hash;
      this.marks[to] = marks[from] ?? 0;
      this.seenProd[to] = seenProd[from] ?? 0;
      this.seenGray[to] = seenGray[from] ?? 0;
      this.slowest[to] = slowest[from] ?? 0;
      this.third[to] = third[from] ?? 0;
      this.tenth[to] = tenth[from] ?? 0;
      if (answers !== null)
        this.#answers?.set(answers.subarray(from * ANSWERS, (from + 1) * ANSWERS), to * ANSWERS);
    }
  }
}
