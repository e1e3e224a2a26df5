import {Lane} from './lane.ts';
import {SIDES, type Cohort, type Side} from '../numbers.ts';
import {BLOCK, OPEN_SECONDS} from './sketch-column.ts';

/**
 * What is counted apart. `earlier` holds what charts show but no judgement may use: decided on an older split, or,
 * on prod, under an older release.
 */
export type Place = Cohort | 'earlier';
export const PLACES: readonly Place[] = ['eligible', 'chosen', 'outside', 'earlier'];
const LANES = PLACES.length;

/** Whole seconds since 1970 from `first` up to `end`, exclusive. */
export interface Seconds {
  first: number;
  end: number;
}

/** The last hour or so, second by second, for each side and place. */
export class SecondRing {
  /** Seconds kept, a multiple of ten. */
  readonly slots: number;
  /** Newest second there is room for; -1 before the first. */
  head = -1;
  /** Earliest second that ever held something: rates divide by no time before it. */
  earliest = Number.POSITIVE_INFINITY;
  /** For each slot, the number of its newest change: what was computed before it is out of date. */
  readonly changes: Float64Array;
  /** The same for each block of ten. */
  readonly blockChanges: Float64Array;
  /** Number of the newest change of all. */
  change = 0;
  readonly #lanes: (Lane | undefined)[] = Array.from({length: 2 * LANES});
  /** Packed slots that were opened again by something late. */
  readonly #reopened = new Set<number>();

  constructor(seconds: number) {
    this.slots = Math.max(20, Math.ceil(seconds / 10) * 10);
    this.changes = new Float64Array(this.slots);
    this.blockChanges = new Float64Array(this.slots / BLOCK);
  }

  /** The lane, made when there is none yet. */
  lane(side: Side, place: Place): Lane {
    return (this.#lanes[laneIndex(side, place)] ??= new Lane(this.slots));
  }

  /** The lane, if anything was ever counted in it. */
  peek(side: Side, place: Place): Lane | undefined {
    return this.#lanes[laneIndex(side, place)];
  }

  /** The lanes of a side: of one cohort, of all cohorts, or of everything. */
  lanes(side: Side, which: Cohort | 'cohorts' | 'everything'): Lane[] {
    const found: Lane[] = [];
    for (const place of PLACES) {
      if (which === 'cohorts' ? place === 'earlier' : which !== 'everything' && place !== which) continue;
      const lane = this.peek(side, place);
      if (lane !== undefined) found.push(lane);
    }
    return found;
  }

  /**
   * Forgets what a side measured before a second, and which metrics it reported when nothing came after.
   * @returns whether nothing is left.
   */
  forget(side: Side, before: number): boolean {
    const all = this.head < before;
    const {first, end} = this.clip({first: 0, end: before});
    for (const place of PLACES) {
      if (all) this.#lanes[laneIndex(side, place)] = undefined;
      else
        for (let second = first; second < end; second++) this.peek(side, place)?.clear(second % this.slots);
    }
    this.change++;
    this.changes.fill(this.change);
    this.blockChanges.fill(this.change);
    return all;
  }

  /** Takes what was counted in a second out of the judgements: charts go on to show it. */
  setAside(second: number): void {
    const {first, end} = this.clip({first: second, end: second + 1});
    if (first !== second || end !== second + 1) return;
    const slot = second % this.slots;
    for (const side of SIDES)
      for (const lane of this.lanes(side, 'cohorts'))
        if ((lane.entries[slot] ?? 0) > 0) this.lane(side, 'earlier').take(lane, slot);
    this.touch(slot);
  }

  /** The slot of a second that something will be counted in, or -1 when it is older than the ring. */
  open(second: number): number {
    if (second < 0 || second <= this.head - this.slots) return -1;
    if (second < this.earliest) this.earliest = second;
    if (second > this.head) this.#advance(second);
    const slot = second % this.slots;
    if (second <= this.head - OPEN_SECONDS) this.#reopened.add(slot);
    return slot;
  }

  touch(slot: number): void {
    this.change++;
    this.changes[slot] = this.change;
    this.blockChanges[Math.floor(slot / BLOCK)] = this.change;
  }

  /** Number of the newest change in these seconds, which must lie in the ring. */
  changeOf({first, end}: Seconds): number {
    let change = 0;
    let slot = first % this.slots;
    for (let second = first; second < end; second++) {
      change = Math.max(change, this.changes[slot] ?? 0);
      if (++slot === this.slots) slot = 0;
    }
    return change;
  }

  /** The part of these seconds that is in the ring. */
  clip({first, end}: Seconds): Seconds {
    const from = Math.max(first, this.head - this.slots + 1, 0);
    return {first: from, end: Math.max(from, Math.min(end, this.head + 1))};
  }

  #advance(second: number): void {
    const from = this.head < 0 ? second : Math.max(this.head + 1, second - this.slots + 1);
    for (const slot of this.#reopened) this.#each(lane => lane.pack(slot));
    this.#reopened.clear();
    for (let next = from; next <= second; next++) {
      const slot = next % this.slots;
      const closed = (next - OPEN_SECONDS) % this.slots;
      this.#each(lane => {
        lane.clear(slot);
        if (closed >= 0) lane.pack(closed);
      });
      this.touch(slot);
    }
    this.head = second;
  }

  #each(act: (lane: Lane) => void): void {
    for (const lane of this.#lanes) if (lane !== undefined) act(lane);
  }
}

function laneIndex(side: Side, place: Place): number {
  const base = side === 'prod' ? 0 : LANES;
  switch (place) {
    case 'eligible':
      return base;
    case 'chosen':
      return base + 1;
    case 'outside':
      return base + 2;
    case 'earlier':
      return base + 3;
  }
}
