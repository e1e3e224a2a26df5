import type {Reason} from '../../release/state.ts';

/** What the sentence about an event may use beside the event: texts from outside come through the cleaners. */
export interface EventAbout {
  /** Phases of the plan the event belongs to; names are clean already. */
  phases: readonly {name: string; percent: number}[];
  /** Why, in the words of the one who did it; clean. */
  reason: string | null;
  name(text: string): string;
  free(text: string): string;
  user(text: string): string;
  /** A reason of a verdict, in the words of the screen where it has some. */
  verdict(reason: Reason): string;
  /** The words for a step, by its id: `rollback: stop gray`. */
  step(id: string): string;
  /** What an alert says, by its id. */
  alert(id: string): string;
  /** What an alert says, in the words of the screen where it has some. */
  says(alert: {message: string; cause?: Reason}): string;
}
