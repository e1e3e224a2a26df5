import type {InputEvent} from './read-items.ts';
import {NO_INPUT, readInput, type InputState} from './terminal-input.ts';

/** Reads a terminal in raw mode, and tells what a person pressed or pasted. */
export class TerminalReader {
  readonly #terminal: NodeJS.ReadStream;
  readonly #onEvents: (events: readonly InputEvent[]) => void;
  #state: InputState = NO_INPUT;
  #timer: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;

  constructor(terminal: NodeJS.ReadStream, onEvents: (events: readonly InputEvent[]) => void) {
    this.#terminal = terminal;
    this.#onEvents = onEvents;
  }

  start(): void {
    this.#terminal.setRawMode(true);
    this.#terminal.on('data', this.#take).resume();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
    this.#state = NO_INPUT;
    this.#terminal.off('data', this.#take).pause();
    this.#terminal.setRawMode(false);
  }

  readonly #take = (bytes: Uint8Array | string): void => {
    const {until} = this.#state;
    // Bytes that waited while the program was busy did not come late: only a look that found none decides that.
    const at = Math.min(performance.now(), until ?? Infinity);
    this.#step(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, at);
  };

  #step(bytes: Uint8Array, at: number): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
    const {state, events} = readInput(this.#state, bytes, at);
    this.#state = state;
    if (state.until !== null) {
      this.#timer = setTimeout(this.#expire, Math.max(1, state.until - performance.now()));
    }
    this.#onEvents(events);
  }

  /** The time is up. What lies in the terminal already is read first. */
  readonly #expire = (): void => {
    this.#look = setImmediate(() => this.#step(new Uint8Array(), performance.now()));
  };
}
