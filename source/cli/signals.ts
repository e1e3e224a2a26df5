import {isatty} from 'node:tty';
import {EXIT, type ExitCode} from './output/exit.ts';

const CODES = {SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: 129} as const satisfies Record<
  string,
  ExitCode
>;
/** A verb that does not end by itself after a signal is ended, in milliseconds. */
const GRACE_MS = 3000;

/** Signals of this process, from the first subscription on. Before it, each signal ends the process at once. */
export class Signals {
  readonly #controller = new AbortController();
  #isTaken = false;
  #isOrderly = false;
  #hasCome = false;
  /** Exit code of the signal that came; null while none has, or where a signal is the way to end. */
  code: ExitCode | null = null;

  /**
   * Takes the signals over. `isOrderly`: a signal is the way to end, as for a guard; such a process outlives the terminal that
   * it was started from, so without a terminal of its own it ignores SIGHUP (`nohup`, `setsid`, a service). A second one, or a verb that takes too long, ends the
   * process at once.
   */
  take({isOrderly = false}: {isOrderly?: boolean} = {}): AbortSignal {
    this.#isOrderly ||= isOrderly;
    if (!this.#isTaken) {
      this.#isTaken = true;
      for (const [name, code] of Object.entries(CODES)) process.on(name, () => this.#arrive(name, code));
    }
    return this.#controller.signal;
  }

  #arrive(name: string, code: ExitCode): void {
    if (name === 'SIGHUP' && this.#isOrderly && !hasTerminal()) return;
    if (this.#hasCome) process.exit(code);
    this.#hasCome = true;
    if (!this.#isOrderly) this.code = code;
    this.#controller.abort();
    setTimeout(() => process.exit(code), GRACE_MS).unref();
  }
}

/** Whether a terminal can have hung up. */
function hasTerminal(): boolean {
  return [0, 1, 2].some(descriptor => isatty(descriptor));
}
