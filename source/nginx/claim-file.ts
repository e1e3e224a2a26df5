import {rm, stat} from 'node:fs/promises';
import {connect, createServer, type Server} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {startOf} from '../release/well-formed.ts';

/** Whether an include file is this process's to write. */
export type Claim =
  | {kind: 'ours'; release(): Promise<void>}
  /** `by`: what the process that drives it says of itself; not yet fit for a terminal. */
  | {kind: 'taken'; by: string}
  /** It cannot be told whether anybody else drives it. */
  | {kind: 'unknown'; why: string};

const ASK_MS = 1000;
const LONGEST_NAME = 200;
const SILENT = 'an agent that does not answer';
/** Two that find the claim of one that has died may both take it over; the later one stays. So long until that is seen. */
const SETTLES_WITHIN_MS = 100;

/**
 * Claims an include file: two that write it in turn would take each other's changes back. The claim is a socket beside the
 * file, `.agent`, where its holder says who he is; the system itself ends it with the process, however that ends.
 */
export async function claimFile(include: string, who: string): Promise<Claim> {
  const path = `${include}.agent`;
  const listening = await listenAt(path, who);
  if (typeof listening !== 'string') return ours(listening);
  if (listening !== 'EADDRINUSE') return {kind: 'unknown', why: `${path}: ${listening}`};
  const by = await askAt(path);
  if (by !== null) return {kind: 'taken', by: by || SILENT};
  // No process answers: it has died and left the file.
  await rm(path, {force: true}).catch(() => undefined);
  const again = await listenAt(path, who);
  if (typeof again === 'string') {
    const other = await askAt(path);
    return other === null
      ? {kind: 'unknown', why: `${path}: ${again}`}
      : {kind: 'taken', by: other || SILENT};
  }
  const mine = await inodeOf(path);
  await delay(SETTLES_WITHIN_MS);
  if ((await inodeOf(path)) === mine) return ours(again);
  return {kind: 'taken', by: (await askAt(path)) || SILENT};
}

/** Name of the agent that drives an include file; null: none, or one that stands still. */
export async function holderOf(include: string): Promise<string | null> {
  return (await askAt(`${include}.agent`)) || null;
}

function ours(server: Server): Claim {
  return {kind: 'ours', release: () => new Promise(resolve => void server.close(() => resolve()))};
}

/** Listens at a path; answers with the system's error code where that is impossible. */
function listenAt(path: string, who: string): Promise<Server | string> {
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.end(who);
  });
  // The claim alone does not keep a process alive.
  server.unref();
  return new Promise(resolve => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen(path, () => resolve(server));
  });
}

/** Asks who listens at a path; null: no process. A process that listens and says nothing gives an empty name. */
function askAt(path: string): Promise<string | null> {
  return new Promise(resolve => {
    let said = '';
    const socket = connect(path);
    const late = setTimeout(() => socket.destroy(), ASK_MS);
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.length > LONGEST_NAME) socket.destroy();
    });
    let isThere = false;
    socket.once('connect', () => (isThere = true));
    socket.once('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(late);
      resolve(isThere ? startOf(said, LONGEST_NAME) : null);
    });
  });
}

async function inodeOf(path: string): Promise<number | null> {
  return await stat(path).then(
    ({ino}) => ino,
    () => null,
  );
}
