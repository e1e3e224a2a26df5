/** Playing speeds of a recording. */
const SPEEDS = [1, 2, 5, 10, 30, 60] as const;

/** Position in a recording. Pure: `real` is a monotonic clock in milliseconds. */
export interface Playing {
  /** The moment that is shown at `since`. */
  at: number;
  since: number;
  speed: number;
  isRunning: boolean;
}

/** Actions on a playing recording; `by` in milliseconds. */
export type PlayKey =
  {type: 'step'; by: number} | {type: 'faster'} | {type: 'slower'} | {type: 'to'; at: number};

interface Bounds {
  from: number;
  to: number;
}

/** The moment that is shown now, milliseconds since 1970. */
export function playedMoment(
  {at, since, speed, isRunning}: Playing,
  real: number,
  {from, to}: Bounds,
): number {
  const moved = isRunning ? at + (real - since) * speed : at;
  return Math.min(to, Math.max(from, moved));
}

/** Applies an action. Changes of speed keep the moment; steps and jumps stop the playing. */
export function play(playing: Playing, key: PlayKey, real: number, bounds: Bounds): Playing {
  const at = playedMoment(playing, real, bounds);
  const index = SPEEDS.findIndex(speed => speed >= playing.speed);
  const kept = {...playing, at, since: real};
  switch (key.type) {
    case 'step':
      return {...kept, at: Math.min(bounds.to, Math.max(bounds.from, at + key.by)), isRunning: false};
    case 'to':
      return {...kept, at: Math.min(bounds.to, Math.max(bounds.from, key.at)), isRunning: false};
    case 'faster':
      return {
        ...kept,
        speed: SPEEDS[Math.min(SPEEDS.length - 1, index + 1)] ?? playing.speed,
        isRunning: true,
      };
    case 'slower':
      return {...kept, speed: SPEEDS[Math.max(0, index - 1)] ?? playing.speed, isRunning: true};
  }
}
