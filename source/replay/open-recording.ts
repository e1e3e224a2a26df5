import {open, type FileHandle} from 'node:fs/promises';
import {RecordingFault} from './read.ts';

const HEADER = Buffer.from('{"type":"recording"');
const NEWLINE = 10;
const PIECE = 65_536;

/** A file that is recorded into, and whether a line that a killed recorder had left cut was taken off its end. */
export interface OpenRecording {
  file: FileHandle;
  hasLostLine: boolean;
}

/**
 * Opens a new recording, or one that goes on at its end. What is no recording is left as it is.
 * @throws RecordingFault
 */
export async function openRecording(path: string): Promise<OpenRecording> {
  const file = await open(path, 'a+').catch((error: NodeJS.ErrnoException) => {
    throw new RecordingFault(`${path} cannot be written: ${error.code}`, 'graydeck record FILE', 'no-file');
  });
  try {
    const {size} = await file.stat();
    if (size === 0) return {file, hasLostLine: false};
    if (!(await read(file, 0, HEADER.length)).equals(HEADER)) {
      throw new RecordingFault(
        `${path} is there and is no recording`,
        'graydeck record FILE with another name',
        'no-recording',
      );
    }
    const end = await endOfLines(file, size);
    if (end < size) await file.truncate(end);
    return {file, hasLostLine: end < size};
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Where the last whole line ends. */
async function endOfLines(file: FileHandle, size: number): Promise<number> {
  for (let to = size; to > 0; to -= PIECE) {
    const from = Math.max(0, to - PIECE);
    const newline = (await read(file, from, to - from)).lastIndexOf(NEWLINE);
    if (newline !== -1) return from + newline + 1;
  }
  return 0;
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const {buffer, bytesRead} = await file.read(Buffer.alloc(length), 0, length, from);
  return buffer.subarray(0, bytesRead);
}
