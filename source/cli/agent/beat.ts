import {execFile, spawn} from 'node:child_process';
import {BEAT, BEAT_EVERY_MS, FAREWELL} from '../../agent/keeper.ts';
import type {Call} from '../call.ts';

/**
 * Shows that this process moves: to a watcher of its own, which outlives it, and to systemd where that started it.
 * Until it is closed.
 */
export function beginBeating(call: Call, watchdogMs: number): {close(): void} {
  let keeper = startKeeper(call);
  const beat = setInterval(() => {
    // Who watches may be killed as well; without one the bound would not hold.
    if (keeper.exitCode !== null || keeper.signalCode !== null) keeper = startKeeper(call);
    keeper.stdin?.write(BEAT);
  }, BEAT_EVERY_MS);
  notify('READY=1');
  const watchdog = setInterval(() => notify('WATCHDOG=1'), Math.max(500, watchdogMs / 3));
  return {
    close() {
      clearInterval(beat);
      clearInterval(watchdog);
      notify('STOPPING=1');
      keeper.stdin?.end(FAREWELL);
    },
  };
}

/** A process in a session of its own: what ends the agent does not end it. */
function startKeeper({flags, out}: Call) {
  const config = flags.config === undefined ? [] : ['--config', flags.config];
  const argv = [...process.execArgv, process.argv[1] ?? '', 'agent', 'keep', ...config];
  const keeper = spawn(process.execPath, argv, {detached: true, stdio: ['pipe', 'ignore', 'inherit']});
  keeper.on('error', error => out.say(`nobody watches over this agent: ${error.message}`));
  keeper.stdin?.on('error', () => undefined);
  keeper.unref();
  return keeper;
}

/** Node has no datagrams on Unix sockets; systemd brings a program for it. */
function notify(state: string): void {
  if (!process.env['NOTIFY_SOCKET']) return;
  execFile('systemd-notify', [state], {timeout: 2000}, () => undefined);
}
