import {mkdir, open, readFile, rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {decodeLatch, encodeLatch, type Latch} from '../audience/latch.ts';

/** `damaged`: there is a file that cannot be read as a latch. Whoever set it meant prod: it holds until a person has looked. */
export type LatchReading = {kind: 'open'} | {kind: 'set'; latch: Latch} | {kind: 'damaged'; why: string};

/** Where the latch of a feature lies in a state folder. */
export function latchPath(folder: string, feature: string): string {
  return join(folder, 'latches', `${feature}.json`);
}

/** Looks whether a latch is set. Never rejects. */
export async function readLatch(folder: string, feature: string): Promise<LatchReading> {
  const path = latchPath(folder, feature);
  try {
    const latch = decodeLatch(await readFile(path, 'utf8'));
    if (latch === null) return {kind: 'damaged', why: 'it is not a latch'};
    return latch.feature === feature
      ? {kind: 'set', latch}
      : {kind: 'damaged', why: `it names the feature ${latch.feature}`};
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? {kind: 'open'}
      : {kind: 'damaged', why: `it cannot be read (${code ?? 'unknown'})`};
  }
}

/**
 * Sets a latch so that it outlives this process and this host's power: it is on the disk when this resolves. One that
 * is set already is replaced.
 * @returns its path
 * @throws what the file system says
 */
export async function setLatch(folder: string, latch: Latch): Promise<string> {
  const path = latchPath(folder, latch.feature);
  await writeDurably(path, encodeLatch(latch));
  return path;
}

/** Opens a latch: only for who has read the commit that acknowledges it. */
export async function openLatch(folder: string, feature: string): Promise<void> {
  await rm(latchPath(folder, feature), {force: true});
}

/**
 * Writes a whole file or nothing: beside its place, to the disk, then renamed into it. Routers of other users read it.
 * @throws what the file system says
 */
async function writeDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, {recursive: true});
  const temporary = `${path}.${process.pid}`;
  const file = await open(temporary, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folderHandle = await open(folder, 'r');
  // Some file systems cannot sync a folder; the rename itself is done.
  await folderHandle.sync().catch(() => undefined);
  await folderHandle.close();
}
