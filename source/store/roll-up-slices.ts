import type {RollUp, RollUpReader} from './port.ts';

/** Most roll-ups in one answer of a store. With sketches of a busy service these are some megabytes. */
const AT_ONCE = 200;

/** A slice of roll-ups, and where the next one begins; null: there are no more. */
interface Slice {
  rollUps: RollUp[];
  /** The time of the last row, junk or not, milliseconds since 1970. */
  last: number | null;
}

/** Reads slice by slice. `slice` gives at most `count` rows later than `after`. @throws the error of `slice` */
export async function readSlices(
  slice: (after: number, count: number) => Promise<Slice>,
  sinceMs: number,
  take?: Parameters<RollUpReader['read']>[2],
): Promise<RollUp[]> {
  const all: RollUp[] = [];
  let after: number | null = Math.ceil(sinceMs) - 1;
  while (after !== null) {
    const {rollUps, last}: Slice = await slice(after, AT_ONCE);
    if (take === undefined) all.push(...rollUps);
    else if (rollUps.length > 0) await take(rollUps);
    after = last;
  }
  return all;
}
