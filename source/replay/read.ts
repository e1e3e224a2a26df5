import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {KEEP_SECONDS_MS, type Tally} from '../analysis/windows/roll-up.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {quote} from '../config/yaml/mistake.ts';
import {RecordingReader, recordingOf, type Recording, type RecordingMistake} from './recording.ts';
import type {FeatureView} from '../store/port.ts';
import {RecordingFault} from './fault.ts';
import {LineSplitter, LONGEST_LINE} from './line-splitter.ts';
import {readDecoded} from './read-tallies.ts';

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
