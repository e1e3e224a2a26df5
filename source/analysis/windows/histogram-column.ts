import {LogHistogram} from '../sketches/log-histogram.ts';
import {BLOCK, SketchColumn, type Changes} from './sketch-column.ts';

/** Windows of at least this many seconds slide; shorter ones are merged from blocks. */
const SHORTEST = 60;
/** The newest seconds of a window are still added to, and do not slide. */
const UNSETTLED = 2;
/** A window that has moved by more seconds than this is merged anew. */
const FARTHEST = 20;
/** A column is looked at by a few windows. */
const MOST_SLIDES = 4;

/** The seconds from `first` up to `end`, added up as they were at `change`. */
interface Slide {
  first: number;
  end: number;
  change: number;
  sum: LogHistogram;
}

/**
 * Histograms of each second of a ring, with sums of long windows that slide: a window that moves on by a second takes
 * one second away and adds one. A change in a second that a sum holds makes the sum anew.
 */
export class HistogramColumn extends SketchColumn<LogHistogram> {
  /** Sums of the values by slot, NaN while one is open. A sum that slides would gather errors of rounding. */
  readonly #sums: Float64Array;
  /** Those used last come first. */
  readonly #slides: Slide[] = [];

  /** @param slots seconds of the ring, a multiple of ten */
  constructor(slots: number) {
    super(slots, () => new LogHistogram());
    this.#sums = new Float64Array(slots);
  }

  override at(slot: number): LogHistogram {
    this.#sums[slot] = Number.NaN;
    return super.at(slot);
  }

  override pack(slot: number): void {
    const open = this.openAt(slot);
    if (open !== undefined) this.#sums[slot] = open.sum;
    super.pack(slot);
  }

  override clear(slot: number): void {
    this.#sums[slot] = 0;
    super.clear(slot);
  }

  override mergeInto(target: LogHistogram, first: number, end: number, changes: Changes): void {
    if (end - first < SHORTEST) {
      super.mergeInto(target, first, end, changes);
      return;
    }
    const settled = end - UNSETTLED;
    target.merge(this.#slide(first, settled, changes));
    for (let second = settled; second < end; second++) this.mergeSlot(target, second % this.slots);
  }

  #slide(first: number, end: number, changes: Changes): LogHistogram {
    const slides = this.#slides;
    const known = slides.findIndex(slide => canSlide(slide, first, end));
    const slide: Slide = (known >= 0
      ? slides.splice(known, 1)[0]
      : slides.length < MOST_SLIDES
        ? undefined
        : slides.pop()) ?? {first, end: first, change: 0, sum: new LogHistogram()};
    if (known >= 0 && !this.#hasChanged(slide, changes)) {
      for (let second = slide.first; second < first; second++) this.#take(slide.sum, second % this.slots);
      for (let second = slide.end; second < end; second++) this.mergeSlot(slide.sum, second % this.slots);
    } else {
      slide.sum.clear();
      super.mergeInto(slide.sum, first, end, changes);
    }
    slide.sum.sum = this.#sumOf(first, end);
    slide.first = first;
    slide.end = end;
    slide.change = changes.change;
    slides.unshift(slide);
    return slide.sum;
  }

  #take(from: LogHistogram, slot: number): void {
    const bytes = this.bytesAt(slot);
    if (bytes !== null) from.takeBytes(bytes, 0, bytes.length);
  }

  /** Whether a second that the sum holds has changed since. A block that has not changed is passed over at once. */
  #hasChanged({first, end, change}: Slide, {changes, blockChanges}: Changes): boolean {
    for (let second = first; second < end; second++) {
      const slot = second % this.slots;
      if (slot % BLOCK === 0 && (blockChanges[slot / BLOCK] ?? 0) <= change) second += BLOCK - 1;
      else if ((changes[slot] ?? 0) > change) return true;
    }
    return false;
  }

  /** Sum of the values in these seconds, added up in their order: the same in every process. */
  #sumOf(first: number, end: number): number {
    let sum = 0;
    let slot = first % this.slots;
    for (let second = first; second < end; second++) {
      const packed = this.#sums[slot] ?? 0;
      sum += Number.isNaN(packed) ? (this.openAt(slot)?.sum ?? 0) : packed;
      if (++slot === this.slots) slot = 0;
    }
    return sum;
  }
}

function canSlide(slide: Slide, first: number, end: number): boolean {
  const moved = first - slide.first + end - slide.end;
  return slide.first <= first && slide.end <= end && slide.end > first && moved <= FARTHEST;
}
