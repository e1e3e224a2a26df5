/** What a column holds a second of: something that comes together without loss. */
export interface Mergeable<Self> {
  merge(other: Self): void;
  mergeBytes(bytes: Uint8Array, from: number, to: number): void;
  toBytes(): Uint8Array;
  clear(): void;
}

/** Seconds of a block that is merged once and kept. */
export const BLOCK = 10;
/** So many seconds of blocks in a row are merged once and kept as well; inside of long ones, those between whole minutes. */
const SHORTEST = 3 * BLOCK;
const MINUTE = 60;
/** A column is looked at by a few windows. */
const MOST_STRETCHES = 8;
/** Newest seconds that stay open; older ones are packed into bytes, a tenth of the size. */
export const OPEN_SECONDS = 15;

/** Numbers of the newest changes: of all, of each slot of a ring, and of each block of ten. */
export interface Changes {
  readonly change: number;
  readonly changes: Float64Array;
  readonly blockChanges: Float64Array;
}

/** Whole blocks in a row, merged as they were at `change`. */
interface Stretch<S> {
  first: number;
  end: number;
  change: number;
  sum: S;
}

/**
 * One sketch for each second of a ring, with blocks of ten seconds merged ahead: five minutes are thirty blocks and
 * not three hundred sketches. The blocks of a window that moves on by the second stay the same for ten of them, and
 * are merged once.
 */
export class SketchColumn<S extends Mergeable<S>> {
  readonly slots: number;
  readonly #make: () => S;
  readonly #open: (S | undefined)[];
  readonly #packed: (Uint8Array | undefined)[];
  readonly #blocks: (S | undefined)[];
  /** The newest change that each block knew of when it was merged; a slot that is used again has a newer one. */
  readonly #blockChange: Float64Array;
  /** Those used last come first. */
  readonly #stretches: Stretch<S>[] = [];
  readonly #spare: S[] = [];

  /** @param slots seconds of the ring, a multiple of ten. */
  constructor(slots: number, make: () => S) {
    this.slots = slots;
    this.#make = make;
    this.#open = Array.from({length: slots});
    this.#packed = Array.from({length: slots});
    this.#blocks = Array.from({length: slots / BLOCK});
    this.#blockChange = new Float64Array(slots / BLOCK);
  }

  /** The sketch of a slot, to add to. */
  at(slot: number): S {
    const open = this.#open[slot];
    if (open !== undefined) return open;
    const made = this.#spare.pop() ?? this.#make();
    const packed = this.#packed[slot];
    if (packed !== undefined) made.mergeBytes(packed, 0, packed.length);
    this.#packed[slot] = undefined;
    this.#open[slot] = made;
    return made;
  }

  /** The bytes of a slot, or null when nothing was added there. */
  bytesAt(slot: number): Uint8Array | null {
    return this.#packed[slot] ?? this.#open[slot]?.toBytes() ?? null;
  }

  /** The sketch of a slot that may still be added to. */
  protected openAt(slot: number): S | undefined {
    return this.#open[slot];
  }

  /** Closes a slot: what is in it takes little room from now on. */
  pack(slot: number): void {
    const open = this.#open[slot];
    if (open === undefined) return;
    this.#packed[slot] = open.toBytes();
    this.#recycle(slot, open);
  }

  clear(slot: number): void {
    const open = this.#open[slot];
    if (open !== undefined) this.#recycle(slot, open);
    this.#packed[slot] = undefined;
  }

  /**
   * Adds the seconds from `first` up to `end` (exclusive) to `target`. All of them must be in the ring. What was merged
   * before the newest change of a block is merged again.
   */
  mergeInto(target: S, first: number, end: number, {blockChanges: changes}: Changes): void {
    const {slots} = this;
    const begin = Math.min(end, Math.ceil(first / BLOCK) * BLOCK);
    const stop = Math.max(begin, Math.floor(end / BLOCK) * BLOCK);
    // The greater part first, so that a target has to make room once.
    if (stop - begin >= SHORTEST) target.merge(this.#stretch(begin, stop, changes));
    else this.#mergeBlocks(target, begin, stop, changes);
    for (let second = first; second < begin; second++) this.mergeSlot(target, second % slots);
    for (let second = stop; second < end; second++) this.mergeSlot(target, second % slots);
  }

  #stretch(first: number, end: number, changes: Float64Array): S {
    const stretches = this.#stretches;
    const change = this.#changeOf(first, end, changes);
    const known = stretches.findIndex(one => one.first === first && one.end === end);
    const found = known < 0 ? undefined : stretches.splice(known, 1)[0];
    if (found?.change === change) {
      stretches.unshift(found);
      return found.sum;
    }
    const sum =
      (found ?? (stretches.length < MOST_STRETCHES ? undefined : stretches.pop()))?.sum ?? this.#make();
    sum.clear();
    this.#fill(sum, first, end, changes);
    stretches.unshift({first, end, change, sum});
    return sum;
  }

  #fill(sum: S, first: number, end: number, changes: Float64Array): void {
    const begin = Math.ceil(first / MINUTE) * MINUTE;
    const stop = Math.floor(end / MINUTE) * MINUTE;
    if (stop - begin < 2 * MINUTE || (begin === first && stop === end))
      return this.#mergeBlocks(sum, first, end, changes);
    sum.merge(this.#stretch(begin, stop, changes));
    this.#mergeBlocks(sum, first, begin, changes);
    this.#mergeBlocks(sum, stop, end, changes);
  }

  #changeOf(first: number, end: number, changes: Float64Array): number {
    let change = 0;
    let block = (first % this.slots) / BLOCK;
    for (let second = first; second < end; second += BLOCK) {
      const other = changes[block] ?? 0;
      if (other > change) change = other;
      if (++block === changes.length) block = 0;
    }
    return change;
  }

  #mergeBlocks(target: S, first: number, end: number, changes: Float64Array): void {
    for (let second = first; second < end; second += BLOCK) {
      const block = this.#block(second % this.slots, changes);
      if (block !== undefined) target.merge(block);
    }
  }

  #block(slot: number, changes: Float64Array): S | undefined {
    const index = slot / BLOCK;
    const change = changes[index] ?? 0;
    if (this.#blockChange[index] === change) return this.#blocks[index];
    this.#blockChange[index] = change;
    let block = this.#blocks[index];
    if (block === undefined && !this.#holds(slot)) return undefined;
    block ??= this.#make();
    block.clear();
    for (let at = slot; at < slot + BLOCK; at++) this.mergeSlot(block, at);
    this.#blocks[index] = block;
    return block;
  }

  #holds(slot: number): boolean {
    for (let at = slot; at < slot + BLOCK; at++)
      if (this.#open[at] !== undefined || this.#packed[at] !== undefined) return true;
    return false;
  }

  /** Adds one slot to `target`. */
  protected mergeSlot(target: S, slot: number): void {
    const open = this.#open[slot];
    const packed = this.#packed[slot];
    if (open !== undefined) target.merge(open);
    else if (packed !== undefined) target.mergeBytes(packed, 0, packed.length);
  }

  #recycle(slot: number, open: S): void {
    this.#open[slot] = undefined;
    if (this.#spare.length >= OPEN_SECONDS) return;
    open.clear();
    this.#spare.push(open);
  }
}
