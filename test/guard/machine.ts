import type {Clock, Moment} from '../../source/monitor/clock.ts';

/** The clocks of a machine that a test moves. */
export class Machine {
  #moment: Moment = {steady: 1000, wall: 1_800_000_000_000};

  readonly clock: Clock = () => ({...this.#moment});

  pass(ms: number): void {
    this.#moment.steady += ms;
    this.#moment.wall += ms;
  }

  /** The machine sleeps: only the wall clock goes on. */
  sleep(ms: number): void {
    this.#moment.wall += ms;
  }

  /** Somebody sets the wall clock. */
  setBack(ms: number): void {
    this.#moment.wall -= ms;
  }
}
