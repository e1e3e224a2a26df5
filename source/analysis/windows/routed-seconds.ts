import type {Side} from '../numbers.ts';
import type {Seconds} from './second-ring.ts';

/** Decisions of one second. */
interface Routed {
  second: number;
  prod: number;
  gray: number;
}

/**
 * Counts decisions of eligible users by second. A router that decides for other programs, such as `serve`, sends them: they tell
 * how users were routed, but not how their requests went, so they are no measurements.
 */
export class RoutedSeconds {
  readonly #seconds: (Routed | undefined)[] = [];
  readonly #slots: number;

  /** @param slots how many seconds are kept */
  constructor(slots: number) {
    this.#slots = slots;
  }

  add(side: Side, second: number, count: number): void {
    const slot = second % this.#slots;
    const known = this.#seconds[slot];
    if (known !== undefined && known.second > second) return;
    const routed = known?.second === second ? known : {second, prod: 0, gray: 0};
    routed[side] += count;
    this.#seconds[slot] = routed;
  }

  /** Gray's share of the decisions in these seconds, percent; null without any. */
  grayPercent({first, end}: Seconds): number | null {
    let gray = 0;
    let all = 0;
    for (const routed of this.#seconds) {
      if (routed === undefined || routed.second < first || routed.second >= end) continue;
      gray += routed.gray;
      all += routed.gray + routed.prod;
    }
    return all > 0 ? (gray / all) * 100 : null;
  }
}
