import {execFile} from 'node:child_process';

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
