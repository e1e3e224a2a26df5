import {execFile, spawn, type ChildProcess} from 'node:child_process';
import {setTimeout as pause} from 'node:timers/promises';
import {BEAT, BEAT_EVERY_MS, FAREWELL} from '../../nginx/watchdog.ts';
import type {Call} from '../call.ts';

/** A watcher that cannot live is not started more often than this, in milliseconds. */
const LIVES_AT_LEAST_MS = 1000;

/**
 * Shows that this process moves: to a watcher of its own, which outlives it, and to systemd where that started it.
 * Until it is closed.
 */
export function beginBeating(call: Call, watchdogMs: number): {close(): void} {
  const over = new AbortController();
  let keeper = startKeeper(call);
  // One that has acted, or was killed, has a successor: without a watcher the bound would not hold.
  const keepOne = async () => {
    while (!over.signal.aborted) {
      const began = performance.now();
      await ended(keeper);
      const restMs = Math.max(0, LIVES_AT_LEAST_MS - (performance.now() - began));
      await pause(restMs, undefined, {signal: over.signal}).catch(() => undefined);
      if (!over.signal.aborted) keeper = startKeeper(call);
    }
  };
  void keepOne();
  const beat = setInterval(() => keeper.stdin?.write(BEAT), BEAT_EVERY_MS);
  notify('READY=1');
  const watchdog = setInterval(() => notify('WATCHDOG=1'), Math.max(500, watchdogMs / 3));
  return {
    close() {
      over.abort();
      clearInterval(beat);
      clearInterval(watchdog);
      notify('STOPPING=1');
      keeper.stdin?.end(FAREWELL);
    },
  };
}

/** A process in a session of its own: what ends the agent does not end it. */
function startKeeper({flags, out}: Call): ChildProcess {
  const config = flags.config === undefined ? [] : ['--config', flags.config];
  const argv = [...process.execArgv, process.argv[1] ?? '', 'agent', 'keep', ...config];
  const keeper = spawn(process.execPath, argv, {detached: true, stdio: ['pipe', 'ignore', 'inherit']});
  keeper.on('error', error => out.say(`nobody watches over this agent: ${error.message}`));
  keeper.stdin?.on('error', () => undefined);
  keeper.unref();
  return keeper;
}

/** Resolves when it has ended, or could not be started. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}

/** Node has no datagrams on Unix sockets; systemd brings a program for it. */
function notify(state: string): void {
  if (!process.env['NOTIFY_SOCKET']) return;
  execFile('systemd-notify', [state], {timeout: 2000}, () => undefined);
}
