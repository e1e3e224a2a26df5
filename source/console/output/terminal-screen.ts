import {EventEmitter} from 'node:events';
import {setTimeout as later} from 'node:timers/promises';
import {clipboardSequence} from './clipboard.ts';
import {drawing, type Picture} from './drawing.ts';
import {openSink, type Sink} from './sink.ts';

const ESC = '\u001B';
/** Alternate screen, no cursor, pastes in brackets. */
const OPEN = `${ESC}[?1049h${ESC}[?25l${ESC}[?2004h`;
/** All of that undone, with the terminal's own look, also where a drawing was cut off. */
const CLOSE = `${ESC}[?2026l${ESC}[0m${ESC}[?7h${ESC}[?2004l${ESC}[?25h${ESC}[?1049l`;
const RING = '\u0007';
/** Puts the window's own title aside, and back; a terminal that cannot does nothing. */
const KEEP_TITLE = `${ESC}[22;2t`;
const OWN_TITLE = `${ESC}[23;2t`;

/** A full terminal is tried again after so many milliseconds, each time twice as many, up to the second. */
const RETRY_MS = {first: 10, most: 250};
/** How long the end waits for a terminal that is full, milliseconds. */
const FAREWELL_MS = 1000;
const AT_ONCE_MS = 200;

/** By these Ink would erase the frame before, row by row. */
// oxlint-disable-next-line no-control-regex -- matches control sequences
const ERASURE = /^(?:\u001B\[(?:2K|1A|G))+/u;
/** A frame begins with text or a look; everything else that Ink writes is about modes, which are kept here. */
// oxlint-disable-next-line no-control-regex -- matches control sequences
const NOT_A_FRAME = /^(?:$|\u001B(?!\[[\d;:]*m))/u;

/**
 * Stands between Ink and the terminal: Ink hands over whole frames, and the terminal is sent what differs from what it
 * shows. A terminal that takes nothing is sent nothing: frames are passed over, the process never waits, and the newest frame
 * is drawn once there is room. What is kept for it is the rest of one drawing.
 */
export class TerminalScreen extends EventEmitter {
  /** Ink leaves the modes of what is no terminal alone. */
  readonly isTTY = false;
  readonly #terminal: NodeJS.WriteStream;
  readonly #sink: Sink;
  #isOpen = false;
  /** The newest frame. */
  #frame = '';
  /** What the terminal shows once it has taken everything; null: not known. */
  #shown: Picture | null = null;
  /** The window's title: wanted, and as it is. */
  #title: string | null = null;
  #shownTitle: string | null = null;
  #rings = false;
  /** What the clipboard is still to be given; empty: nothing. */
  #clip = '';
  /** The rest of what was begun: it has to end before anything else. */
  #rest: Uint8Array = new Uint8Array();
  #retryMs = RETRY_MS.first;
  #retry: NodeJS.Timeout | undefined;
  #next: NodeJS.Immediate | undefined;

  constructor(terminal: NodeJS.WriteStream, sink = openSink(terminal)) {
    super();
    this.#terminal = terminal;
    this.#sink = sink;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** Takes the terminal over; once more where it was taken away meanwhile. Everything is drawn. */
  open(): void {
    if (!this.#isOpen) this.#terminal.on('resize', this.#resized);
    this.#isOpen = true;
    this.#begin(OPEN);
    this.redraw();
  }

  /** Draws every cell anew, whatever the terminal shows. */
  redraw(): void {
    this.#shown = null;
    this.#drawSoon();
  }

  /** Gives the terminal back as it was. Waits a moment for one that is full, not longer. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#terminal.off('resize', this.#resized);
    clearImmediate(this.#next);
    clearTimeout(this.#retry);
    this.#begin(`${CLOSE}${this.#shownTitle === null ? '' : OWN_TITLE}`);
    this.#shownTitle = null;
    const until = performance.now() + AT_ONCE_MS;
    while (!this.#flush() && performance.now() < until) standStill(RETRY_MS.first);
  }

  /** Writes on the screen that `close` has given back, as much as a full terminal takes within a second. */
  async say(text: string): Promise<void> {
    this.#begin(text);
    const until = performance.now() + FAREWELL_MS;
    while (!this.#flush() && performance.now() < until) await later(RETRY_MS.first);
    this.#sink.close();
  }

  /** Hands a text to the terminal's clipboard. */
  copy(text: string): void {
    this.#clip = clipboardSequence(text);
    this.#drawSoon();
  }

  ring(): void {
    this.#rings = true;
    this.#drawSoon();
  }

  /** Names the window; null: as it was before. @param title plain text: control characters would end it early */
  nameWindow(title: string | null): void {
    this.#title = title;
    this.#drawSoon();
  }

  /** Ink hands over a frame. */
  write(text: string, done?: () => void): boolean {
    const frame = text.replace(ERASURE, '');
    if (!NOT_A_FRAME.test(frame)) {
      this.#frame = frame;
      this.#drawSoon();
    }
    if (done !== undefined) setImmediate(done);
    return true;
  }

  readonly #resized = (): void => {
    // What a terminal makes of its rows then differs from one to the next.
    this.#shown = null;
    this.emit('resize');
  };

  /** Several frames of one turn are one drawing. */
  #drawSoon(): void {
    clearImmediate(this.#next);
    if (this.#isOpen) this.#next = setImmediate(this.#draw);
  }

  readonly #draw = (): void => {
    clearTimeout(this.#retry);
    if (!this.#isOpen) return;
    if (this.#flush()) {
      this.#begin(this.#wanted());
      if (this.#flush()) return;
    }
    this.#retry = setTimeout(this.#draw, this.#retryMs);
    this.#retryMs = Math.min(RETRY_MS.most, this.#retryMs * 2);
  };

  /** What brings the terminal to what it should show, which it then counts as showing. */
  #wanted(): string {
    const picture = this.#picture();
    let text = picture === null ? '' : drawing(this.#shown, picture);
    this.#shown = picture;
    if (this.#title !== this.#shownTitle) {
      if (this.#title === null) text += OWN_TITLE;
      else text += `${this.#shownTitle === null ? KEEP_TITLE : ''}${ESC}]2;${this.#title}\u0007`;
      this.#shownTitle = this.#title;
    }
    if (this.#rings) text += RING;
    this.#rings = false;
    text += this.#clip;
    this.#clip = '';
    return text;
  }

  #picture(): Picture | null {
    if (this.#frame === '') return null;
    const rows = this.#frame.split('\n');
    return {columns: this.columns, rows: Array.from({length: this.rows}, (_, row) => rows[row] ?? '')};
  }

  #begin(text: string): void {
    this.#rest = Buffer.concat([this.#rest, Buffer.from(text)]);
  }

  /** Whether the terminal has taken everything. */
  #flush(): boolean {
    while (this.#rest.length > 0) {
      const taken = this.#sink.write(this.#rest);
      if (taken === 0) return false;
      this.#rest = this.#rest.subarray(taken);
      this.#retryMs = RETRY_MS.first;
    }
    return true;
  }
}

/** Nothing else may happen meanwhile: the process is about to stop or to end. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
