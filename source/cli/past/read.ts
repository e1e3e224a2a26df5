import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';
import {KEEP_SECONDS_MS, type Tally} from '../../analysis/windows/roll-up.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import {quote} from '../../config/yaml/mistake.ts';
import {RecordingReader, recordingOf, type Recording} from '../../recording/recording.ts';
import type {FeatureView} from '../../store/port.ts';
import {usage} from '../telling/failure.ts';
import {readDecoded} from '../report/tallies.ts';

/** What a store still holds of a feature: its whole log, and the seconds of the last hour; null: nothing. @throws StoreFault */
export async function pastOf(feature: FeatureView, view: ControllerView): Promise<Recording | null> {
  const seconds: Tally[] = [];
  await readDecoded(feature.rollUps, 'seconds', view.now() - KEEP_SECONDS_MS, tally => seconds.push(tally));
  const recording = recordingOf(feature.feature, view.commits(), seconds, []);
  return recording === null ? null : {...recording, to: Math.max(recording.to, view.now())};
}

/** Reads a file that `record` has written. @throws Failure exit code 2, with the line that is wrong */
export async function readRecordingFile(path: string): Promise<Recording> {
  const reader = new RecordingReader();
  const lines = createInterface({input: createReadStream(path), crlfDelay: Infinity});
  let cutLine: number | null = null;
  try {
    for await (const line of lines) {
      // The last line of a recorder that was killed may be cut: it is the last, or the file is not whole.
      if (cutLine !== null) throw cut(path, cutLine);
      const mistake = reader.take(line);
      if (mistake === null) continue;
      if (!line.endsWith('}')) {
        cutLine = mistake.line;
        continue;
      }
      throw usage(
        `${path}:${mistake.line}: found ${quote(mistake.found)}, allowed is ${mistake.allowed}`,
        'graydeck record FILE writes one',
        'bad-recording',
      );
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
    if (!error.code.startsWith('E')) throw error;
    throw usage(`${path} cannot be read: ${error.code}`, 'graydeck record FILE writes one', 'no-recording');
  }
  const recording = reader.read();
  if (recording !== null) return recording;
  throw usage(`${path} holds nothing to see`, 'graydeck record FILE writes one', 'empty-recording');
}

function cut(path: string, line: number) {
  return usage(
    `${path}:${line}: the line is cut in its middle`,
    'graydeck record FILE writes one',
    'bad-recording',
  );
}
