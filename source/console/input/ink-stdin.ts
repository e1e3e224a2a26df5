import {EventEmitter} from 'node:events';
import type {InputEvent} from './read-items.ts';
import {TerminalReader} from './terminal-reader.ts';

/** What stands for a key that is no character: one form each, complete, and none that a reader would wait for. */
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

/** The text by which a program that reads a terminal learns of a key; empty where it has none. */
export function textOfKey(name: string): string {
  const control = /^Ctrl\+([a-z])$/u.exec(name)?.[1];
  if (control !== undefined) return String.fromCodePoint((control.codePointAt(0) ?? 0) & 0x1f);
  return SEQUENCES[name] ?? (Array.from(name).length === 1 ? name : '');
}

/** The text by which Ink learns of one event; empty where there is nothing to tell. */
export function textForInk(event: InputEvent): string {
  if (event.type === 'dropped') return '';
  return event.type === 'paste' ? `\u001B[200~${event.text}\u001B[201~` : textOfKey(event.name);
}

/** A key costs a few milliseconds: after so many, whatever else the process does has its turn. */
const KEYS_IN_A_TURN = 8;
/** More keys than this do not wait: no person presses them. */
const WAITING_AT_MOST = 1000;
const CTRL_C = textOfKey('Ctrl+c');

/** Stands between the terminal and Ink: Ink reads one whole key or paste at a time, and nothing that is no key. */
export class InkStdin extends EventEmitter {
  readonly isTTY = true;
  readonly #terminal: NodeJS.ReadStream;
  readonly #reader: TerminalReader;
  /** Whether Ink wants keys. */
  #isWanted = false;
  #ready: string[] = [];
  #given = 0;
  #next: NodeJS.Immediate | undefined;

  constructor(terminal: NodeJS.ReadStream) {
    super();
    this.#terminal = terminal;
    this.#reader = new TerminalReader(terminal, events => {
      const texts = events.map(event => textForInk(event)).filter(text => text !== '');
      // It overtakes what waits.
      if (texts.includes(CTRL_C)) this.#ready = [CTRL_C];
      else this.#ready.push(...texts.slice(0, WAITING_AT_MOST - this.#ready.length));
      if (this.#ready.length > 0 && this.#next === undefined) this.emit('readable');
    });
  }

  /** Ink switches it on while it wants keys; only then is the terminal read. */
  setRawMode(isRaw: boolean): this {
    this.#isWanted = isRaw;
    if (isRaw) this.take();
    else {
      this.release();
      this.#ready = [];
    }
    return this;
  }

  /** Takes the keys of the terminal, where Ink wants them. */
  take(): void {
    if (this.#isWanted) this.#reader.start();
  }

  /** Gives the keys of the terminal to another reader. */
  release(): void {
    this.#reader.stop();
  }

  read(): string | null {
    if (this.#given < KEYS_IN_A_TURN) {
      this.#given++;
      this.#next ??= setImmediate(this.#turn);
      return this.#ready.shift() ?? null;
    }
    return null;
  }

  readonly #turn = (): void => {
    this.#next = undefined;
    this.#given = 0;
    if (this.#ready.length > 0) this.emit('readable');
  };

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
}
