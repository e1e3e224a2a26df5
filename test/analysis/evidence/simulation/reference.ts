import type {EvidenceTick, HistoryTick, SideTick} from '../../../../source/analysis/evidence/tick.ts';

const PSIS = [1.25, 1.5, 2, 3, 5, 10, 30, 100];
const AT_ONCE = 0.5;
const HALF = 600;

/**
 * Log of the conditional e-value of a 2×2 table: of m events, x on gray, gray having the part `share` of the requests;
 * gray's rate is held to be ψ = 1 + `excess` times prod's, ln ψ = `log` (Hoeffding 1963 bounds the denominator).
 */
function lnConditional(x: number, m: number, share: number, log: number, excess: number): number {
  return x * log - m * Math.log(1 + excess * share);
}
type Count = (side: SideTick) => number;

/** Wealth on one ratio: conditional e-values by second, effects and starts mixed. */
class Bet {
  readonly #logs: number[];
  readonly #count: Count;
  readonly #wealth: number[];
  #reserve = 1;
  #seconds = 0;

  constructor(logs: number[], count: Count) {
    this.#logs = logs;
    this.#count = count;
    this.#wealth = logs.map(() => 0);
  }

  observe({gray, prod}: EvidenceTick): number {
    if (gray.requests > 0 && prod.requests > 0) {
      const left = (1 - AT_ONCE) / (1 + this.#seconds++ / HALF);
      const fresh = (this.#reserve - left) / this.#logs.length;
      this.#reserve = left;
      const share = gray.requests / (gray.requests + prod.requests);
      const x = this.#count(gray);
      const m = x + this.#count(prod);
      for (const [k, log] of this.#logs.entries())
        this.#wealth[k] = Math.min(
          1e200,
          (this.#wealth[k]! + fresh) * Math.exp(lnConditional(x, m, share, log, Math.expm1(log))),
        );
    }
    return this.#wealth.reduce((sum, one) => sum + one, this.#reserve);
  }
}

/** The judge that the anchors call ref: no memory of prod's past, no robustness. What is gained is measured against it. */
export class Reference {
  readonly #bets: Bet[][];

  constructor(history: readonly HistoryTick[]) {
    const counts = new Map<number, number>();
    for (const {prod} of history)
      for (const [bucket, count] of prod.hist) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
    const sorted = [...counts].sort(([a], [b]) => a - b);
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    const beyond = (part: number): Count => {
      let left = total * (1 - part);
      const limit = sorted.find(([, count]) => (left -= count) < 0)?.[0] ?? 0;
      return side => side.hist.reduce((sum, [bucket, count]) => (bucket > limit ? sum + count : sum), 0);
    };
    const more = PSIS.map(psi => Math.log(psi));
    const less = [0.95, 0.9, 0.8, 0.65, 0.5, 0.3].map(psi => Math.log(psi));
    this.#bets = [
      [new Bet(more, side => side.errors)],
      [new Bet(less, side => side.conversions)],
      [0.5, 0.05, 0.01].map(part => new Bet(more, beyond(part))),
    ];
  }

  /** Log of the e-value over the three metrics. */
  observe(tick: EvidenceTick): number {
    const means = this.#bets.map(bets => bets.reduce((sum, bet) => sum + bet.observe(tick), 0) / bets.length);
    return Math.log(means.reduce((sum, mean) => sum + mean, 0) / means.length);
  }
}
