import {execFile} from 'node:child_process';
import {constants} from 'node:fs';
import {link, lstat, open, readFile, rename, rm} from 'node:fs/promises';
import {get} from 'node:http';
import {basename} from 'node:path';
import type {EdgeSite} from '../audience/latch.ts';
import {hookEnvironment} from '../release/hook-environment.ts';

const LONGEST_MS = 30_000;
const LONGEST_OUTPUT = 1024 * 1024;

/** How a short command ended, and what it said where not all was well. */
export type Brief = {how: 'done'} | {how: 'failed'; output: string} | {how: 'not-started'; code: string};

/**
 * Runs a command that ends by itself at once, as `nginx -t`: no shell, nothing of this program's secrets in its
 * environment, and not a moment longer than it takes. When the signal aborts it is ended, and counts as done.
 */
function runBriefly(argv: readonly string[], signal: AbortSignal): Promise<Brief> {
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

/** Tells the nginx whose master process a pid file names to read its configuration again. */
async function signalMaster(pidFile: string): Promise<EdgeTrouble | null> {
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

/** Why an edge does not do what it was told. */
export type EdgeTroubleCode =
  /** No nginx runs there, or its pid file is of one that has gone: no user is served. */
  | 'not-running'
  | 'no-permission'
  /** nginx refuses its configuration with and without our file: the fault is elsewhere. */
  | 'site-broken'
  /** nginx refuses our file. */
  | 'file-refused'
  /** It was told, and does not say that it works by the file. */
  | 'not-confirmed'
  | 'cannot-write'
  /** What was asked cannot be expressed: prod for everyone of that feature. */
  | 'cannot-express'
  /** A rollback waits on this host for the store to come back. */
  | 'latched';

export interface EdgeTrouble {
  code: EdgeTroubleCode;
  /** One sentence, from nginx or the system; not yet fit for a terminal. */
  text: string;
}

/** How an nginx is reached. */
export interface EdgeOptions {
  /** The file that the site includes. */
  include: string;
  test: readonly string[];
  reload: {pidFile: string} | {argv: readonly string[]};
  probe: EdgeSite['probe'];
}

/** One nginx: the only hands that touch it. */
export interface Edge {
  /** The file in place; null: there is none. */
  read(): Promise<string | null>;
  /** Puts a file in place at one stroke; the one before stays beside it, as `.previous`. */
  put(text: string): Promise<EdgeTrouble | null>;
  /** Writes the fallback file next to the one in place, as `.prod`. */
  putFallback(text: string): Promise<EdgeTrouble | null>;
  readFallback(): Promise<string | null>;
  /** Asks nginx whether it takes its configuration; null: it does. Aborted: null as well. */
  test(signal: AbortSignal): Promise<EdgeTrouble | null>;
  /** Tells nginx to read its configuration again. */
  reload(signal: AbortSignal): Promise<EdgeTrouble | null>;
  /** Which file nginx says it works by; null: no answer. */
  ask(): Promise<string | null>;
}

const ASK_MS = 1000;
const LONGEST_FILE = 64 * 1024 * 1024;
const LONGEST_ANSWER = 200;

export function openEdge({include, test, reload, probe}: EdgeOptions): Edge {
  const fallback = `${include}.prod`;
  return {
    read: () => readText(include),
    async put(text) {
      try {
        await writeLike(`${include}.next`, text, include);
        await rm(`${include}.previous`, {force: true});
        await link(include, `${include}.previous`).catch(() => undefined);
        await rename(`${include}.next`, include);
        return null;
      } catch (error) {
        return troubleOf(error, include);
      }
    },
    async putFallback(text) {
      try {
        await writeLike(`${fallback}.next`, text, include);
        await rename(`${fallback}.next`, fallback);
        return null;
      } catch (error) {
        return troubleOf(error, fallback);
      }
    },
    readFallback: () => readText(fallback),
    async test(signal) {
      const ran = await runBriefly(test, signal);
      if (ran.how === 'done') return null;
      if (ran.how === 'not-started')
        return {code: 'site-broken', text: `${test[0] ?? 'nginx'} cannot be run (${ran.code})`};
      return {code: 'site-broken', text: faultIn(ran.output) ?? `${test.join(' ')} failed`};
    },
    reload: signal => ('pidFile' in reload ? signalMaster(reload.pidFile) : reloadBy(reload.argv, signal)),
    ask: () => ask(probe),
  };
}

/**
 * The text of a plain file; null where there is none. The owner of the folder can put a link or a pipe there: neither is
 * read, because what is read is written again, perhaps with more rights than theirs.
 */
async function readText(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      return found.isFile() && found.size <= LONGEST_FILE ? await file.readFile('utf8') : null;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** The file names people: it has the group of the file in place, and no other reader. */
const OF_ITS_GROUP = 0o640;

/**
 * Writes a file that is new: what stands at the path is taken away, never written to, so a link there leads nowhere. On the
 * disk when it resolves: after a power cut nginx must not find half a file. It gets the owner and rights of `like`.
 */
async function writeLike(path: string, text: string, like: string): Promise<void> {
  const found = await lstat(like).catch(() => null);
  const rights = found?.isFile() === true ? found : null;
  const mode = rights === null ? OF_ITS_GROUP : rights.mode & 0o777;
  await rm(path, {force: true});
  const file = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    OF_ITS_GROUP,
  );
  try {
    // By the open file, not by its name. Only root may give a file away.
    if (rights !== null) await file.chown(rights.uid, rights.gid).catch(() => undefined);
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function troubleOf(error: unknown, path: string): EdgeTrouble {
  const {code = 'unknown'} = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
    ? {code: 'no-permission', text: `${path} may not be written (${code})`}
    : {code: 'cannot-write', text: `${path} cannot be written (${code})`};
}

/** The line of nginx that names the fault. */
function faultIn(output: string): string | null {
  const lines = output.split('\n').filter(line => line.trim() !== '');
  return lines.find(line => /\[(?:emerg|alert|crit)\]/.test(line)) ?? lines[0] ?? null;
}

async function reloadBy(argv: readonly string[], signal: AbortSignal): Promise<EdgeTrouble | null> {
  const ran = await runBriefly(argv, signal);
  if (ran.how === 'done') return null;
  const text =
    ran.how === 'failed'
      ? (faultIn(ran.output) ?? `${argv.join(' ')} failed`)
      : `${argv[0] ?? ''}: ${ran.code}`;
  return {code: /permission|denied|not permitted/i.test(text) ? 'no-permission' : 'not-confirmed', text};
}

function ask({host, port}: EdgeSite['probe']): Promise<string | null> {
  return new Promise(resolve => {
    const request = get(
      {host: host.replaceAll(/[[\]]/g, ''), port, path: '/graydeck', agent: false},
      response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > LONGEST_ANSWER) request.destroy();
        });
        response.on('end', () =>
          end(/^graydeck (?<hash>[0-9a-f]{16}) /.exec(text)?.groups?.['hash'] ?? null),
        );
        response.on('error', () => end(null));
      },
    );
    request.on('error', () => end(null));
    // For the whole answer: another program on this port may answer without end.
    const late = setTimeout(() => request.destroy(), ASK_MS);
    const end = (hash: string | null) => {
      clearTimeout(late);
      resolve(hash);
    };
  });
}
