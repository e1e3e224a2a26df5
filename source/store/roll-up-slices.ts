import type {RollUp, RollUpReader} from './port.ts';

/** Roll-ups in one answer of a store: with sketches of a busy service some megabytes. */
const AT_ONCE = 200;

/** A slice of roll-ups, and where the next one begins; null: there are no more. */
interface Slice {
  rollUps: RollUp[];
  /** The time of the last row, junk or not, milliseconds since 1970. */
  last: number | null;
}

/** Reads slice by slice, later ones than `after` each time. `slice`: at most `count` rows. @throws what `slice` throws */
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
