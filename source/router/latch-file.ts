import {mkdir, open, readFile, rename, rm} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {decodeLatch, encodeLatch, type Latch} from '../audience/latch.ts';

/**
 * State of a latch file. `damaged`: the file exists and holds no latch. The operator who wrote it wanted
 * prod, so it holds until a person removes it.
 */
export type LatchReading = {kind: 'open'} | {kind: 'set'; latch: Latch} | {kind: 'damaged'; why: string};

/** Path of a feature's latch in a state folder. */
export function latchPath(folder: string, feature: string): string {
  return join(folder, 'latches', `${feature}.json`);
}

/** Reads the latch of a feature. Never rejects. */
export async function readLatch(folder: string, feature: string): Promise<LatchReading> {
  const path = latchPath(folder, feature);
  try {
    const latch = decodeLatch(await readFile(path, 'utf8'));
    if (latch === null) return {kind: 'damaged', why: 'the file holds no latch'};
    return latch.feature === feature
      ? {kind: 'set', latch}
      : {kind: 'damaged', why: `the file names the feature ${latch.feature}`};
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? {kind: 'open'}
      : {kind: 'damaged', why: `the file cannot be read (${code ?? 'unknown'})`};
  }
}

/**
 * Sets a latch, and replaces an older one. The latch survives a crash of the process and of the host: it is
 * on the disk when this resolves.
 * @returns its path
 * @throws the error of the file system
 */
export async function setLatch(folder: string, latch: Latch): Promise<string> {
  const path = latchPath(folder, latch.feature);
  await writeDurably(path, encodeLatch(latch));
  return path;
}

/** Removes a latch. Call it only after reading the commit that acknowledges the latch. */
export async function openLatch(folder: string, feature: string): Promise<void> {
  await rm(latchPath(folder, feature), {force: true});
}

/**
 * Writes a file completely or not at all: to a temporary name, synced to the disk, then renamed. Mode 0644,
 * because routers of other users read it.
 * @throws the error of the file system
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
  // Some file systems cannot sync a folder. The rename itself has succeeded.
  await folderHandle.sync().catch(() => undefined);
  await folderHandle.close();
}
