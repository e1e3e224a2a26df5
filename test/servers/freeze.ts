import {readFileSync} from 'node:fs';
import {PATIENCE_MS} from '../patience.ts';

/** Stops a process, and returns once it stands: the signal alone is delivered when its core has time for it. */
export function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  const until = performance.now() + PATIENCE_MS;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (process.platform === 'linux' && !hasStopped(pid)) {
    if (performance.now() > until) throw new Error(`process ${pid} does not stop`);
    Atomics.wait(pause, 0, 0, 2);
  }
}

function hasStopped(pid: number): boolean {
  // The state follows the name, which stands in brackets and may hold anything.
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.charAt(text.lastIndexOf(')') + 2) === 'T';
}
