import {execFile} from 'node:child_process';
import {hookEnvironment} from '../release/hook-environment.ts';

const LONGEST_MS = 30_000;
const LONGEST_OUTPUT = 1024 * 1024;

/** How a short command ended, and what it said where not all was well. */
export type Brief = {how: 'done'} | {how: 'failed'; output: string} | {how: 'not-started'; code: string};

/**
 * Runs a command that ends by itself at once, as `nginx -t`: no shell, nothing of this program's secrets in its
 * environment, and not a moment longer than it takes. When the signal aborts it is ended, and counts as done.
 */
export function runBriefly(argv: readonly string[], signal: AbortSignal): Promise<Brief> {
  const [program = '', ...args] = argv;
  const env = hookEnvironment(process.env, {hides: ['GRAYDECK_STORE', 'GRAYDECK_PROMETHEUS'], passes: []});
  return new Promise(resolve => {
    execFile(
      program,
      args,
      {env, signal, timeout: LONGEST_MS, killSignal: 'SIGKILL', maxBuffer: LONGEST_OUTPUT},
      (error, stdout, stderr) => {
        if (error === null || signal.aborted) return resolve({how: 'done'});
        const {code} = error;
        if (typeof code === 'string' && error.killed !== true && stdout === '' && stderr === '')
          return resolve({how: 'not-started', code});
        resolve({how: 'failed', output: `${stderr}${stdout}`});
      },
    );
  });
}
