import {decodeTally, type Tally} from '../analysis/windows/roll-up.ts';

/** How far back the newest part of the past goes, milliseconds: what the rows of a screen speak of, and some more. */
export const NEWEST_MS = 90_000;
/** From so many entries in it on, roll-ups are read in their place: below, reading every one is quick enough. */
const MANY_ENTRIES = 10_000;
/** Milliseconds: a process keeps the roll-ups if the newest is no older. */
const AT_IT_MS = 20_000;
/** A longer hole between two seconds may be one in the keeping, not in the traffic, milliseconds. */
const LONGEST_HOLE_MS = 30_000;

/** A stretch that roll-ups hold whole, milliseconds since 1970. */
export interface RolledUp {
  /** In the order of time, at least one. */
  tallies: readonly Tally[];
  from: number;
  until: number;
}

/** The newest part of a busy past as roll-ups have it; null: they do not hold it whole, or there is little to read. */
export function busyPart(rows: readonly {t: number; body: string}[], now: number): RolledUp | null {
  const tallies = rows.flatMap(({t, body}) => (t <= now ? (decodeTally(t, body) ?? []) : []));
  const [first] = tallies;
  const last = tallies.at(-1);
  if (first === undefined || last === undefined || now - last.t > AT_IT_MS || hasHole(tallies)) return null;
  const entries = tallies.reduce(
    (sum, {parts}) => sum + parts.reduce((all, part) => all + part.entries, 0),
    0,
  );
  return entries < MANY_ENTRIES ? null : {tallies, from: first.t, until: last.t + last.ms};
}

/** Whether roll-ups at these times hold all that the stream does. @param firstAt of its first entry */
export function holdsAll(times: readonly {t: number}[], firstAt: number): boolean {
  const [first] = times;
  return first !== undefined && firstAt >= first.t - LONGEST_HOLE_MS && !hasHole(times);
}

function hasHole(times: readonly {t: number}[]): boolean {
  return times.some(({t}, index) => t - (times[index - 1]?.t ?? t) > LONGEST_HOLE_MS);
}
