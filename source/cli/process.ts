import {execFile} from 'node:child_process';
import {createRequire} from 'node:module';
import {isatty} from 'node:tty';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {EXIT, type ExitCode} from './output/exit.ts';

/** Put in by the build; without a build (tests, development) the name is not defined. */
declare const GRAYDECK_VERSION: string | undefined;

const fromPackage = (): string => {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  const isNamed = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isNamed ? String(manifest.version) : 'unknown';
};

/** The program's version as package.json states it, e.g. `0.1.0`. */
export const version = typeof GRAYDECK_VERSION === 'string' ? GRAYDECK_VERSION : fromPackage();

/** When the first screens are drawn and the past is read. */
const SETTLED_MS = 8000;

/**
 * Keeps this process small for the hours that a console stays open. Left alone, V8 lets both generations grow to its
 * first, large limits before it looks for what has died; one early look makes it set them by what is alive. Measured
 * on the demo at 120x40 after five minutes: 114 MiB against 250, at the same CPU time.
 */
export function staySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (how: {type: 'major'; execution: 'async'}) => unknown;
    collect({type: 'major', execution: 'async'});
  }, SETTLED_MS).unref();
}

/** Why no console can be drawn and no keys be read here, and what to do about it; `todo` is empty where nothing helps. */
export interface NoTerminal {
  readonly why: string;
  readonly todo: string;
}

/** Null where a console can be drawn and keys be read. @param verb of the command that would draw it */
export function noTerminal(
  env: Readonly<Record<string, string | undefined>>,
  verb: string,
): NoTerminal | null {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return {why: 'no terminal here', todo: ''};
  const {CI = '', TERM = ''} = env;
  if (TERM === 'dumb') return {why: 'no terminal here that can draw (TERM=dumb)', todo: ''};
  return ['', '0', 'false'].includes(CI)
    ? null
    : {
        why: `the variable CI is set (CI=${CI.slice(0, 20)}), so no console is drawn`,
        todo: `env -u CI graydeck ${verb}`,
      };
}

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

/** systemd is told this many times within the time that it waits for a sign of life. */
const TIMES = 3;
const LEAST_MS = 500;

/** Tells systemd that the process is ready, then that it moves, and at the end that it stops. Does nothing elsewhere. */
export interface Readiness {
  ready(): void;
  close(): void;
}

/** @param env of this process; `NOTIFY_SOCKET` and `WATCHDOG_USEC` are systemd's. */
export function systemdReadiness(env: NodeJS.ProcessEnv = process.env): Readiness {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return {ready: () => undefined, close: () => undefined};
  const watchdogMs = Number(env['WATCHDOG_USEC'] ?? 0) / 1000;
  let timer: NodeJS.Timeout | null = null;
  return {
    ready() {
      notify('READY=1');
      if (timer === null && watchdogMs > 0) {
        timer = setInterval(() => notify('WATCHDOG=1'), Math.max(LEAST_MS, watchdogMs / TIMES));
        timer.unref();
      }
    },
    close() {
      if (timer !== null) clearInterval(timer);
      notify('STOPPING=1');
    },
  };
}

/** Node cannot send datagrams on Unix sockets, so a program of systemd sends the state. */
function notify(state: string): void {
  execFile('systemd-notify', [state], {timeout: 2000}, () => undefined);
}
