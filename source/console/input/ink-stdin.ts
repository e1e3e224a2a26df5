import {EventEmitter} from 'node:events';
import type {InputEvent} from './read-items.ts';
import {NO_INPUT, readInput, type InputState} from './terminal-input.ts';

/** What Ink is sent for a key that is no character: one form each, complete, and none that Ink would wait for. */
const SEQUENCES: Readonly<Record<string, string>> = {
  Escape: '\u001B[27u',
  Enter: '\r',
  Tab: '\t',
  'Shift+Tab': '\u001B[Z',
  Backspace: '\u007F',
  Delete: '\u001B[3~',
  Up: '\u001B[A',
  Down: '\u001B[B',
  Right: '\u001B[C',
  Left: '\u001B[D',
  Home: '\u001B[H',
  End: '\u001B[F',
  PageUp: '\u001B[5~',
  PageDown: '\u001B[6~',
};

/** The text by which Ink learns of one event; empty where there is nothing to tell. */
export function textForInk(event: InputEvent): string {
  if (event.type === 'dropped') return '';
  if (event.type === 'paste') return `\u001B[200~${event.text}\u001B[201~`;
  const control = /^Ctrl\+([a-z])$/u.exec(event.name)?.[1];
  if (control !== undefined) return String.fromCodePoint((control.codePointAt(0) ?? 0) & 0x1f);
  return SEQUENCES[event.name] ?? (Array.from(event.name).length === 1 ? event.name : '');
}

/** Stands between the terminal and Ink: Ink reads one whole key or paste at a time, and nothing that is no key. */
export class InkStdin extends EventEmitter {
  readonly isTTY = true;
  readonly #terminal: NodeJS.ReadStream;
  readonly #ready: string[] = [];
  #state: InputState = NO_INPUT;
  #timer: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;

  constructor(terminal: NodeJS.ReadStream) {
    super();
    this.#terminal = terminal;
  }

  /** Ink switches it on while it wants keys; only then is the terminal read. */
  setRawMode(isRaw: boolean): this {
    if (isRaw) {
      this.#terminal.setRawMode(true);
      this.#terminal.on('data', this.#take).resume();
    } else {
      this.#forget();
      this.#terminal.off('data', this.#take);
      this.#terminal.pause();
      this.#terminal.setRawMode(false);
    }
    return this;
  }

  read(): string | null {
    return this.#ready.shift() ?? null;
  }

  /** Ink asks for text; it is text already. */
  setEncoding(): this {
    return this;
  }

  ref(): this {
    this.#terminal.ref();
    return this;
  }

  unref(): this {
    this.#terminal.unref();
    return this;
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
    this.#ready.push(...events.map(event => textForInk(event)).filter(text => text !== ''));
    if (state.until !== null) {
      this.#timer = setTimeout(this.#expire, Math.max(1, state.until - performance.now()));
    }
    if (this.#ready.length > 0) this.emit('readable');
  }

  /** The time is up. What lies in the terminal already is read first. */
  readonly #expire = (): void => {
    this.#look = setImmediate(() => this.#step(new Uint8Array(), performance.now()));
  };

  #forget(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
    this.#state = NO_INPUT;
    this.#ready.length = 0;
  }
}
