/** How fast a recording may be played. */
const SPEEDS = [1, 2, 5, 10, 30, 60] as const;

/** Where one is in a recording. Pure: `real` is a clock that runs evenly, milliseconds. */
export interface Playing {
  /** The moment that is shown at `since`. */
  at: number;
  since: number;
  speed: number;
  isRunning: boolean;
}

/** What can be done to it; `by` in milliseconds. */
export type PlayKey =
  {type: 'step'; by: number} | {type: 'faster'} | {type: 'slower'} | {type: 'to'; at: number};

interface Bounds {
  from: number;
  to: number;
}

/** The moment that is shown now. */
export function momentOf({at, since, speed, isRunning}: Playing, real: number, {from, to}: Bounds): number {
  const moved = isRunning ? at + (real - since) * speed : at;
  return Math.min(to, Math.max(from, moved));
}

/** What follows from a key: every one keeps the moment but those that move it; stepping stops the film. */
export function play(playing: Playing, key: PlayKey, real: number, bounds: Bounds): Playing {
  const at = momentOf(playing, real, bounds);
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
