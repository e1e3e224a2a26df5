/** What a column holds a second of: something that comes together without loss. */
export interface Mergeable<Self> {
  merge(other: Self): void;
  mergeBytes(bytes: Uint8Array, from: number, to: number): void;
  toBytes(): Uint8Array;
  clear(): void;
}

/** Seconds of a block that is merged once and kept. */
const BLOCK = 10;
/** Newest seconds that stay open; older ones are packed into bytes, a tenth of the size. */
export const OPEN_SECONDS = 15;

/**
 * One sketch for each second of a ring, with blocks of ten seconds merged ahead: five minutes are thirty blocks and
 * not three hundred sketches.
 */
export class SketchColumn<S extends Mergeable<S>> {
  readonly #make: () => S;
  readonly #open: (S | undefined)[];
  readonly #packed: (Uint8Array | undefined)[];
  readonly #blocks: (S | undefined)[];
  /** The newest change that each block knew of when it was merged; a slot that is used again has a newer one. */
  readonly #blockChange: Float64Array;
  readonly #spare: S[] = [];

  /** @param slots seconds of the ring, a multiple of ten. */
  constructor(slots: number, make: () => S) {
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
   * Adds the seconds from `first` up to `end` (exclusive) to `target`. All of them must be in the ring.
   * @param changes for each slot, the number of its newest change: a block that knows of less is merged again.
   */
  mergeInto(target: S, first: number, end: number, changes: Float64Array): void {
    let second = first;
    let slot = first % this.#open.length;
    while (second < end) {
      if (slot % BLOCK === 0 && second + BLOCK <= end) {
        const block = this.#block(slot, changes);
        if (block !== undefined) target.merge(block);
        second += BLOCK;
        slot += BLOCK;
      } else {
        this.#mergeSlot(target, slot);
        second++;
        slot++;
      }
      if (slot === this.#open.length) slot = 0;
    }
  }

  #block(slot: number, changes: Float64Array): S | undefined {
    const index = slot / BLOCK;
    let change = 0;
    for (let at = slot; at < slot + BLOCK; at++) change = Math.max(change, changes[at] ?? 0);
    if (this.#blockChange[index] === change) return this.#blocks[index];
    this.#blockChange[index] = change;
    let block = this.#blocks[index];
    if (block === undefined && !this.#holds(slot)) return undefined;
    block ??= this.#make();
    block.clear();
    for (let at = slot; at < slot + BLOCK; at++) this.#mergeSlot(block, at);
    this.#blocks[index] = block;
    return block;
  }

  #holds(slot: number): boolean {
    for (let at = slot; at < slot + BLOCK; at++)
      if (this.#open[at] !== undefined || this.#packed[at] !== undefined) return true;
    return false;
  }

  #mergeSlot(target: S, slot: number): void {
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
