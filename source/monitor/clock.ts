/** A moment by both clocks of this machine: one that never jumps, and one that goes on while the machine sleeps. */
export interface Moment {
  /** Milliseconds since some moment of its own. */
  steady: number;
  /** Milliseconds since 1970. */
  wall: number;
}

/** Tells moments; a fake one in tests. */
export type Clock = () => Moment;

export const machineClock: Clock = () => ({steady: performance.now(), wall: Date.now()});

/** Milliseconds between two moments, rather too many than too few: what ran out by either clock has run out. */
export function elapsed(from: Moment, to: Moment): number {
  return Math.max(0, to.steady - from.steady, to.wall - from.wall);
}
