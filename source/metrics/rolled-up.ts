import {decodeTally, type Tally} from '../analysis/roll-up.ts';

/** From so many entries on a start reads roll-ups in their place: below, reading every one takes no longer than the screen. */
const MANY_ENTRIES = 100_000;
/** Whoever keeps roll-ups is at it when the newest is no older, milliseconds. */
const AT_IT_MS = 20_000;
/** A longer hole between two seconds may be one in the keeping, not in the traffic, milliseconds. */
const LONGEST_HOLE_MS = 30_000;

/** The past by the second, as the store's roll-ups have it. */
export interface RolledUp {
  /** In the order of time. */
  tallies: readonly Tally[];
  /** The end of the last second that is inside; `null`: they do not hold it all, or it is quick to read without them. */
  until: number | null;
}

/** Reads roll-ups of seconds. @param now the store's clock */
export function readRolledUp(rows: readonly {t: number; body: string}[], now: number): RolledUp {
  const tallies = rows.flatMap(({t, body}) => (t <= now ? (decodeTally(t, body) ?? []) : []));
  const newest = tallies.at(-1);
  const entries = tallies.reduce(
    (sum, {parts}) => sum + parts.reduce((all, part) => all + part.entries, 0),
    0,
  );
  const hasHole = tallies.some(({t}, index) => t - (tallies[index - 1]?.t ?? t) > LONGEST_HOLE_MS);
  const isWhole = newest !== undefined && now - newest.t <= AT_IT_MS && !hasHole && entries >= MANY_ENTRIES;
  return {tallies, until: isWhole ? newest.t + newest.ms : null};
}

/** Whether the stream holds nothing from before the first roll-up but the end of a second. @param firstAt of its first entry */
export function reachesBack({tallies}: RolledUp, firstAt: number): boolean {
  const [first] = tallies;
  return first !== undefined && firstAt >= first.t - LONGEST_HOLE_MS;
}
