import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as pause} from 'node:timers/promises';
import {endOf} from '../release/well-formed.ts';

/** Most characters kept of the end of a command's output. */
const OUTPUT_KEPT = 32_768;
const STDOUT_KEPT = 8192;
/** Milliseconds between SIGTERM and SIGKILL. */
export const KILL_AFTER_MS = 5000;
/** Most milliseconds to wait for the last output after a command has ended. */
const LAST_WORDS_MS = 100;
const LOOK_EVERY_MS = 50;
/** Longest run of a command, milliseconds. A timer of Node holds at most 24.8 days. */
const LONGEST_MS = 24 * 3_600_000;

export interface CommandOptions {
  /** The whole environment of the command. */
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Stops the command. */
  signal: AbortSignal;
}

export type Ending =
  | {how: 'exited'; code: number}
  /** Ended by a signal from another process. */
  | {how: 'killed'}
  | {how: 'timed-out'}
  /** Stopped by `signal`. */
  | {how: 'stopped'}
  /** `code`: the system's error code, for example `ENOENT`. */
  | {how: 'not-started'; code: string};

/** How a command ended, and the end of its output. */
export interface Ran {
  ending: Ending;
  /** Standard output and error in the order of arrival, at most 32 768 characters. */
  output: string;
  /** Standard output alone, at most 8192 characters. */
  stdout: string;
}

/**
 * Runs a program with its arguments, without a shell, in a process group of its own. A stop ends the whole
 * group, and the promise resolves after that. Processes that a finished command leaves behind are not waited
 * for.
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
  const printed = keepEnd(child);
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
  // If this process exits, the command must not keep running.
  const endWithUs = () => void signalGroup(child, 'SIGTERM');
  process.once('exit', endWithUs);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.min(timeoutMs, LONGEST_MS));
  const stop = AbortSignal.any([signal, limit.signal]);
  try {
    const ending = await Promise.race([ended, aborted(stop)]);
    if (ending !== null) {
      await Promise.race([once(child, 'close'), pause(LAST_WORDS_MS)]);
      return {ending, ...printed()};
    }
    await endGroup(child);
    return {ending: {how: signal.aborted ? 'stopped' : 'timed-out'}, ...printed()};
  } finally {
    clearTimeout(timer);
    limit.abort();
    process.off('exit', endWithUs);
    release(child);
  }
}

/** Collects the end of a command's output. A command that prints much is not slowed down. */
function keepEnd({stdout, stderr}: ChildProcess): () => Pick<Ran, 'output' | 'stdout'> {
  const all = new Tail(OUTPUT_KEPT);
  const result = new Tail(STDOUT_KEPT);
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', chunk => {
      all.add(String(chunk));
      if (stream === stdout) result.add(String(chunk));
    });
    // A command may close its output.
    stream?.on('error', () => {});
  }
  return () => ({output: all.text(), stdout: result.text()});
}

/** Keeps the end of a long text. */
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

/** Sends SIGTERM to the group, waits `KILL_AFTER_MS`, then sends SIGKILL. */
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

/** Sends a signal to the group. @returns whether a process received it */
function signalGroup({pid}: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** Processes left behind may keep writing, but do not keep this process running. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) (stream as {unref?(): void} | null)?.unref?.();
}
