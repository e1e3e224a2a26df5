import {closeSync, constants, openSync, writeSync} from 'node:fs';

/** Where bytes for a terminal go: it takes what the terminal takes now, and never waits. */
export interface Sink {
  /** How many of the bytes were taken, from the first on; 0: the terminal is full. What is gone takes everything. */
  write(bytes: Uint8Array): number;
  close(): void;
}

/**
 * Node writes to a terminal in blocking mode: a terminal that is not read would stop the whole process. The same
 * terminal, opened once more without blocking, says instead that it is full. Other programs on it do not notice.
 */
const SAME_TERMINAL = ['/proc/self/fd/1', '/dev/tty'];

export function openSink(terminal: NodeJS.WriteStream): Sink {
  for (const path of terminal === process.stdout ? SAME_TERMINAL : []) {
    try {
      return new FileSink(openSync(path, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK));
    } catch {
      // There is none, or it is not ours to open: the next one.
    }
  }
  return new StreamSink(terminal);
}

class FileSink implements Sink {
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  write(bytes: Uint8Array): number {
    try {
      return writeSync(this.#file, bytes);
    } catch (fault) {
      return fault instanceof Error && 'code' in fault && fault.code === 'EAGAIN' ? 0 : bytes.length;
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Where the terminal cannot be opened again: as good as the stream itself is. */
class StreamSink implements Sink {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  write(bytes: Uint8Array): number {
    if (this.#stream.writableLength > 0) return 0;
    this.#stream.write(bytes);
    return bytes.length;
  }

  close(): void {}
}
