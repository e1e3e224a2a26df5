/** What was counted in a stretch of time: requests and events of both sides, and people who count. */
export interface Counted {
  seconds: number;
  gray: number;
  grayEvents: number;
  grayPeople: number;
  prod: number;
  prodEvents: number;
  prodPeople: number;
}

/** Seconds that are remembered where nothing points to an onset. */
const MEMORY = 300;

/** Sums since an onset of a regression of one size. */
class Since {
  score = 0;
  t = Number.NaN;
  readonly sums = nothing();
}

/**
 * The likeliest second at which a regression began, for a small, a medium and a large one: what lies before the sum of the
 * log likelihood ratios last fell to 0 speaks for no difference (Page, Biometrika 41, 1954). It decides nothing.
 */
export class Onset {
  /** Index of the effect that each row follows. */
  readonly #rows: readonly number[];
  readonly rows: Since[];
  /** Of late, fading over five minutes. */
  readonly late = nothing();

  constructor(effects: number) {
    this.#rows = [0.3, 0.55, 0.8].map(part => Math.floor(effects * part));
    this.rows = this.#rows.map(() => new Since());
  }

  /** A stretch from `from` on, with the log likelihood ratios by effect. */
  observe(from: number, logs: Float64Array, counted: Counted): void {
    for (let i = 0; i < this.rows.length; i++) {
      const row = this.rows[i];
      if (row === undefined) continue;
      row.score += logs[this.#rows[i] ?? 0] ?? 0;
      if (row.score > 0) {
        if (Number.isNaN(row.t)) row.t = from;
        add(row.sums, counted, 1);
      } else {
        if (!Number.isNaN(row.t)) Object.assign(row.sums, nothing());
        row.score = 0;
        row.t = Number.NaN;
      }
    }
    add(this.late, counted, counted.seconds === 1 ? 1 - 1 / MEMORY : (1 - 1 / MEMORY) ** counted.seconds);
  }

  /** @returns as second null where nothing points to an onset, and then what was counted of late */
  read(): {since: number | null; counted: Counted} {
    const row = this.rows.reduce((most, one) => (one.score > most.score ? one : most));
    return row.score > 0 ? {since: row.t, counted: row.sums} : {since: null, counted: this.late};
  }

  startAgain(): void {
    for (const row of this.rows) Object.assign(row, new Since());
  }
}

function nothing(): Counted {
  return {seconds: 0, gray: 0, grayEvents: 0, grayPeople: 0, prod: 0, prodEvents: 0, prodPeople: 0};
}

/** Written out: this is done for every finding in every second. */
function add(sums: Counted, counted: Counted, keep: number): void {
  sums.seconds = sums.seconds * keep + counted.seconds;
  sums.gray = sums.gray * keep + counted.gray;
  sums.grayEvents = sums.grayEvents * keep + counted.grayEvents;
  sums.grayPeople = sums.grayPeople * keep + counted.grayPeople;
  sums.prod = sums.prod * keep + counted.prod;
  sums.prodEvents = sums.prodEvents * keep + counted.prodEvents;
  sums.prodPeople = sums.prodPeople * keep + counted.prodPeople;
}
