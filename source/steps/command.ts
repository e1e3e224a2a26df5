import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as pause} from 'node:timers/promises';
import {endOf} from '../release/well-formed.ts';

/** How much of what a command says is kept, of its end, in characters. */
const OUTPUT_KEPT = 32_768;
const STDOUT_KEPT = 8192;
/** After SIGTERM; then SIGKILL. Milliseconds. */
export const KILL_AFTER_MS = 5000;
/** What a command said last may still be on its way when it has ended, in milliseconds. */
const LAST_WORDS_MS = 100;
const LOOK_EVERY_MS = 50;
/** No command runs longer, whatever is asked for: a timer cannot hold more than 24.8 days either. */
const LONGEST_MS = 24 * 3_600_000;

export interface CommandOptions {
  /** All that it is told. */
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Stops it. */
  signal: AbortSignal;
}

export type Ending =
  | {how: 'exited'; code: number}
  /** Somebody else ended it. */
  | {how: 'killed'}
  | {how: 'timed-out'}
  /** By `signal`. */
  | {how: 'stopped'}
  /** `code`: the system's word for why, `ENOENT`. */
  | {how: 'not-started'; code: string};

/** How a command came to its end, and what it said: the end of it, where it said more than is kept. */
export interface Ran {
  ending: Ending;
  /** On stdout and stderr, in the order of arrival; at most 32 768 characters. */
  output: string;
  /** On stdout alone; at most 8192 characters. */
  stdout: string;
}

/**
 * Runs a program with its arguments, never a shell, as a group of processes: when it is stopped, all of it ends, and the
 * promise resolves only then. A command that ends by itself may leave processes behind; they are not waited for.
 */
export async function runCommand(
  argv: readonly string[],
  {env, timeoutMs, signal}: CommandOptions,
): Promise<Ran> {
  if (signal.aborted) return {ending: {how: 'stopped'}, output: '', stdout: ''};
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = keepEnd(child);
  const started = once(child, 'spawn').then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );
  const ended = new Promise<Ending>(resolve => {
    child.once('exit', code => resolve(code === null ? {how: 'killed'} : {how: 'exited', code}));
  });
  const failed = await started;
  if (failed !== null) {
    return {ending: {how: 'not-started', code: failed.code ?? ''}, output: '', stdout: ''};
  }
  // A process that ends at once must not leave a command running that nobody knows of.
  const endWithUs = () => void signalGroup(child, 'SIGTERM');
  process.once('exit', endWithUs);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.min(timeoutMs, LONGEST_MS));
  const stop = AbortSignal.any([signal, limit.signal]);
  try {
    const ending = await Promise.race([ended, aborted(stop)]);
    if (ending !== null) {
      await Promise.race([once(child, 'close'), pause(LAST_WORDS_MS)]);
      return {ending, ...said()};
    }
    await endGroup(child);
    return {ending: {how: signal.aborted ? 'stopped' : 'timed-out'}, ...said()};
  } finally {
    clearTimeout(timer);
    limit.abort();
    process.off('exit', endWithUs);
    release(child);
  }
}

/** A command that floods is left alone; only its end is kept. */
function keepEnd({stdout, stderr}: ChildProcess): () => Pick<Ran, 'output' | 'stdout'> {
  const all = new Tail(OUTPUT_KEPT);
  const result = new Tail(STDOUT_KEPT);
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', chunk => {
      all.add(String(chunk));
      if (stream === stdout) result.add(String(chunk));
    });
    // A command that has closed its output is no fault of ours.
    stream?.on('error', () => {});
  }
  return () => ({output: all.text(), stdout: result.text()});
}

/** The end of a text that may be long. */
class Tail {
  readonly #kept: number;
  #end = '';

  constructor(kept: number) {
    this.#kept = kept;
  }

  add(text: string): void {
    this.#end = endOf(this.#end + text, this.#kept);
  }

  text(): string {
    return this.#end.trim();
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), {once: true});
  });
}

/** Asks all of the group to end, waits a while, and ends what is left. */
async function endGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM');
  const until = performance.now() + KILL_AFTER_MS;
  while (signalGroup(child, 0)) {
    if (performance.now() > until) {
      signalGroup(child, 'SIGKILL');
      return;
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Whether anybody was there to be told. */
function signalGroup({pid}: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** What it left behind may go on writing; it does not keep this process running. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as {unref?(): void} | null)?.unref?.();
}
