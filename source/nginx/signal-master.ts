import {readFile} from 'node:fs/promises';
import {basename} from 'node:path';
import type {EdgeTrouble} from './edge.ts';

/** Tells the nginx whose master process a pid file names to read its configuration again. */
export async function signalMaster(pidFile: string): Promise<EdgeTrouble | null> {
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  if (!Number.isSafeInteger(pid) || pid <= 1)
    return {code: 'not-running', text: `${pidFile} names no process`};
  if ((await isMaster(pid)) === false)
    return {
      code: 'not-running',
      text: `${pidFile} is stale: process ${pid} is no master process of an nginx`,
    };
  try {
    process.kill(pid, 'SIGHUP');
    return null;
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    return code === 'EPERM'
      ? {code: 'no-permission', text: `process ${pid} may not be signalled`}
      : {code: 'not-running', text: `there is no process ${pid}`};
  }
}

/**
 * Whether a process is the master of an nginx, or of one that goes by another name; null: there is no /proc to tell,
 * and the pid file is believed. Most programs end by a SIGHUP that was not meant for them.
 */
async function isMaster(pid: number): Promise<boolean | null> {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (words === '') return null;
  const [title = ''] = words.split('\0');
  // It takes its title a moment after it has written its pid file.
  return title.includes(': master process') || basename(title) === 'nginx';
}
