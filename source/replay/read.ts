import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {KEEP_SECONDS_MS, type Tally} from '../analysis/windows/roll-up.ts';
import type {ControllerView} from '../controller/outcome.ts';
import type {FeatureView} from '../store/port.ts';
import {readDecoded} from './read-tallies.ts';
import {type Recording, type RecordingMistake, RecordingReader, recordingOf} from './recording.ts';
import {quote} from '../text/quote.ts';

/** Most characters of a line. */
export const LONGEST_LINE = 4 * 1024 * 1024;

/** Splits chunks of text into lines. Of a line that is too long, only the fact is kept. */
export class LineSplitter {
  #rest = '';
  #isTooLong = false;

  /** Adds a chunk and calls back for each complete line; null for a line that was too long. */
  push(chunk: string, onLine: (line: string | null) => void): void {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      this.#emit(chunk.slice(from, end), onLine);
      from = end + 1;
    }
    this.#keep(from === 0 ? chunk : chunk.slice(from));
  }

  /** Returns the rest without an end of line. */
  end(onLine: (line: string | null) => void): void {
    if (this.#rest !== '' || this.#isTooLong) this.#emit('', onLine);
  }

  #emit(tail: string, onLine: (line: string | null) => void): void {
    this.#keep(tail);
    const line = this.#isTooLong ? null : this.#rest;
    this.#rest = '';
    this.#isTooLong = false;
    onLine(line);
  }

  #keep(text: string): void {
    if (this.#isTooLong || text === '') return;
    this.#isTooLong = this.#rest.length + text.length > LONGEST_LINE;
    this.#rest = this.#isTooLong ? '' : this.#rest + text;
  }
}

/** A recording that cannot be read or written, in words for the person who named it. */
export class RecordingFault extends Error {
  override readonly name = 'RecordingFault';
  /** A short word for machines: `no-file`, `bad-recording`. */
  readonly code: string;
  /** What to do next, best a command to type. */
  readonly hint: string;

  constructor(message: string, hint: string, code: string) {
    super(message);
    this.hint = hint;
    this.code = code;
  }
}

/** What a store still holds of a feature: its whole log, and the seconds of the last hour; null: nothing. @throws StoreFault */
export async function pastOf(feature: FeatureView, view: ControllerView): Promise<Recording | null> {
  const seconds: Tally[] = [];
  await readDecoded(feature.rollUps, 'seconds', view.now() - KEEP_SECONDS_MS, tally => seconds.push(tally));
  const recording = recordingOf(feature.feature, view.commits(), seconds, []);
  return recording === null ? null : {...recording, to: Math.max(recording.to, view.now())};
}

/** Reads a file that `record` has written. @throws RecordingFault with the line that is wrong */
export async function readRecordingFile(path: string): Promise<Recording> {
  const reader = new RecordingReader();
  // Only a line feed ends a line: U+2028 and U+2029 may stand in what people have written.
  const splitter = new LineSplitter();
  let count = 0;
  let cutLine: number | null = null;
  const take = (line: string | null) => {
    count++;
    // The last line of a recorder that was killed may be cut: it is the last, or the file is not whole.
    if (cutLine !== null) throw cut(path, cutLine);
    if (line === null) throw wrong(path, {line: count, found: '', allowed: LONGEST});
    const mistake = reader.take(line);
    if (mistake === null) return;
    if (line.trimEnd().endsWith('}')) throw wrong(path, mistake);
    cutLine = mistake.line;
  };
  try {
    // A pipe that no process writes into would be waited for without end.
    if (!(await stat(path)).isFile())
      throw new RecordingFault(
        `${path} is not a plain file`,
        'graydeck record FILE writes one',
        'no-recording',
      );
    for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>)
      splitter.push(chunk, take);
    splitter.end(take);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
    if (!error.code.startsWith('E')) throw error;
    throw new RecordingFault(
      `${path} cannot be read: ${error.code}`,
      'graydeck record FILE writes one',
      'no-recording',
    );
  }
  const recording = reader.read();
  if (recording !== null) return recording;
  throw new RecordingFault(
    `${path} holds nothing to see`,
    'graydeck record FILE writes one',
    'empty-recording',
  );
}

const LONGEST = `a line of up to ${LONGEST_LINE / 1024 / 1024} MiB`;

function wrong(path: string, {line, found, allowed}: RecordingMistake) {
  return new RecordingFault(
    `${path}:${line}: found ${quote(found)}, allowed is ${allowed}`,
    'graydeck record FILE writes one',
    'bad-recording',
  );
}

function cut(path: string, line: number) {
  return new RecordingFault(
    `${path}:${line}: the line is cut in its middle`,
    'graydeck record FILE writes one',
    'bad-recording',
  );
}
