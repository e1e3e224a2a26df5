/** A real pseudoterminal for tests: a program runs in it, its screen is read, its keys are pressed. */
import {constants} from 'node:os';
import * as pty from '@lydell/node-pty';
import headless from '@xterm/headless';
import {terminalEnvironment} from './environment.ts';
import {bytesOf} from './keys.ts';
import {watchModes} from './modes.ts';
import {rowsOf} from './screen.ts';
import {PATIENCE_MS} from '../patience.ts';

export type TerminalOptions = {
  /** 120 unless told. */
  readonly columns?: number;
  /** 40 unless told. */
  readonly rows?: number;
  /** Added to a clean environment; see `terminalEnvironment`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** How long each wait may take, ms; 10 s unless told. */
  readonly timeout?: number;
  /** What a program is answered that asks for the background's colour. */
  readonly background?: 'dark' | 'light';
  /** Called after each piece of output was drawn, with its size in bytes and when it arrived. */
  readonly onOutput?: (bytes: number, at: number) => void;
};

/** Text that a screen must hold, an expression for it, or any condition on its rows. */
export type Sight = string | RegExp | ((rows: readonly string[]) => boolean);

/** `held`: it held at some moment; what is drawn next may hide it before the wait goes on. */
type Waiter = {readonly holds: () => boolean; readonly resolve: () => void; held: boolean};

const sees = (sight: Sight, rows: readonly string[]): boolean => {
  if (typeof sight === 'function') {
    return sight(rows);
  }
  const text = rows.join('\n');
  return typeof sight === 'string' ? text.includes(sight) : new RegExp(sight.source, sight.flags).test(text);
};

/** One program in one terminal. Every wait ends as soon as its condition holds, and fails with the screen. */
export class TestTerminal implements AsyncDisposable {
  /** The emulator, for what the methods do not answer. */
  readonly emulator: headless.Terminal;
  readonly pid: number;
  /** When the program was started, on the clock of `performance.now()`. */
  readonly startedAt = performance.now();
  readonly #child: pty.IPty;
  readonly #modes: ReadonlySet<string>;
  readonly #output: Buffer[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #timeout: number;
  #exitCode: number | undefined;

  constructor(argv: readonly [string, ...string[]], options: TerminalOptions) {
    const {columns = 120, rows = 40, background = 'dark'} = options;
    const [file, ...rest] = argv;
    this.#timeout = options.timeout ?? PATIENCE_MS;
    this.emulator = new headless.Terminal({cols: columns, rows, scrollback: 2000, allowProposedApi: true});
    this.#modes = watchModes(this.emulator);
    const env = terminalEnvironment(options.env ?? {});
    this.#child = pty.spawn(file, rest, {
      // What is said here is what the program finds in TERM.
      name: env['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      cwd: options.cwd ?? process.cwd(),
      env,
      encoding: null,
    });
    this.pid = this.#child.pid;
    this.#answerColours(background);
    this.emulator.onData(answer => this.#write(answer));
    // Without an encoding the pty hands over bytes, whatever its types say.
    this.#child.onData(data => this.#read(data as unknown as Buffer, options.onOutput));
    this.#child.onExit(({exitCode, signal}) => {
      // Only once all of its output has been drawn has the program ended for a test.
      this.emulator.write('', () => {
        this.#exitCode = signal ? 128 + signal : exitCode;
        this.#look();
      });
    });
  }

  /** What is on the screen, row by row, without trailing blanks. */
  screen(): string[] {
    return rowsOf(this.emulator);
  }

  /** The screen as one text. */
  text(): string {
    return this.screen().join('\n');
  }

  /** Every byte the program has written. */
  output(): string {
    return Buffer.concat(this.#output).toString('utf8');
  }

  /** Modes that are on, sorted; empty once a well-behaved program has ended. */
  modesLeftOn(): string[] {
    return [...this.#modes].sort();
  }

  hasEnded(): boolean {
    return this.#exitCode !== undefined;
  }

  /**
   * Presses keys, each with one write: names as `Enter`, `Up`, `Ctrl+C`, or single characters.
   * After Escape await its effect first: with the next key close behind it reads as Alt and that key.
   */
  press(...keys: readonly string[]): void {
    for (const bytes of keys.map(key => bytesOf(key))) {
      this.#write(bytes);
    }
  }

  /** Sends a text in one write, as fast typing over a slow line arrives. */
  type(text: string): void {
    this.#write(text);
  }

  /** Pastes a text, bracketed where the program asked for it. */
  paste(text: string): void {
    this.#write(this.#modes.has('bracketed paste') ? `\u001B[200~${text}\u001B[201~` : text);
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.#child.resize(columns, rows);
  }

  /** Reads nothing any more of what the program writes, as a terminal does that hangs. */
  stopReading(): void {
    this.#child.pause();
  }

  readOn(): void {
    this.#child.resume();
  }

  /** Sends a signal to the program itself; its children do not get it. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Waits until the screen shows it. */
  async until(sight: Sight, timeout = this.#timeout): Promise<void> {
    await this.#wait(() => sees(sight, this.screen()), timeout, `${String(sight)} did not appear`, false);
  }

  /** Waits until the screen does not show it any more. */
  async gone(sight: Sight, timeout = this.#timeout): Promise<void> {
    await this.#wait(() => !sees(sight, this.screen()), timeout, `${String(sight)} did not go away`, false);
  }

  /** Waits for the end; the exit code, 128 + n after signal n. */
  async exit(timeout = this.#timeout): Promise<number> {
    await this.#wait(() => this.hasEnded(), timeout, 'the program did not end', true);
    return this.#exitCode ?? Number.NaN;
  }

  /** Ends the program if it still runs, and its pty. */
  async close(): Promise<void> {
    if (!this.hasEnded()) {
      this.#child.kill('SIGKILL');
      await this.exit();
    }
    this.emulator.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #write(data: string): void {
    if (!this.hasEnded()) {
      this.#child.write(data);
    }
  }

  #read(data: Buffer, onOutput: TerminalOptions['onOutput']): void {
    const at = performance.now();
    this.#output.push(data);
    this.emulator.write(data, () => {
      onOutput?.(data.length, at);
      this.#look();
    });
  }

  #look(): void {
    for (const waiter of this.#waiters) {
      waiter.held ||= waiter.holds();
      if (waiter.held || this.hasEnded()) {
        waiter.resolve();
      }
    }
  }

  async #wait(holds: () => boolean, timeout: number, failure: string, endIsGood: boolean): Promise<void> {
    let held = holds();
    if (!held && !this.hasEnded()) {
      const {promise, resolve} = Promise.withResolvers<void>();
      const waiter: Waiter = {holds, resolve, held};
      const timer = setTimeout(resolve, timeout);
      this.#waiters.add(waiter);
      await promise;
      clearTimeout(timer);
      this.#waiters.delete(waiter);
      held = waiter.held || holds();
    }
    if (!held) {
      const how =
        this.hasEnded() && !endIsGood
          ? `before the program ended with ${this.#exitCode}`
          : `within ${timeout} ms`;
      const frame = this.text()
        .trimEnd()
        .split('\n')
        .map(row => `│${row}`);
      throw new Error([`${failure} ${how}. The screen:`, ...frame].join('\n'));
    }
  }

  #answerColours(background: 'dark' | 'light'): void {
    const [front, back] = background === 'dark' ? ['d0d0', '1010'] : ['2020', 'fafa'];
    for (const [code, part] of [
      [10, front],
      [11, back],
    ] as const) {
      this.emulator.parser.registerOscHandler(code, question => {
        if (question === '?') {
          this.#write(`\u001B]${code};rgb:${part}/${part}/${part}\u001B\\`);
        }
        return question === '?';
      });
    }
  }
}

/** Starts `argv` in a new terminal; `argv[0]` is a path or a name on the path. */
export function openTerminal(
  argv: readonly [string, ...string[]],
  options: TerminalOptions = {},
): TestTerminal {
  return new TestTerminal(argv, options);
}

/** The code a shell reports for a program that a signal ended. */
export const codeOfSignal = (name: NodeJS.Signals): number => 128 + constants.signals[name];
