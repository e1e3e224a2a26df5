import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openRecording} from '../../source/replay/open-recording.ts';
import {readRecordingFile} from '../../source/replay/read.ts';
import {FEATURE} from '../release/specification.ts';
import {start} from '../release/orders.ts';
import {logOf} from '../report/sample-log.ts';

const HEADER =
  '{"type":"recording","schema":"graydeck.recording/1","feature":"new_payment","at":1800000000000}\n';
const COMMIT = `${JSON.stringify({type: 'commit', commit: logOf(start())[0]})}\n`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-recording-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** Opens a file with this content, writes on as a recorder does, and returns the content then. */
async function goOn(name: string, before: string | null) {
  const path = join(folder, name);
  if (before !== null) await writeFile(path, before);
  const {file, hasLostLine} = await openRecording(path);
  await file.appendFile(HEADER);
  await file.close();
  return {path, hasLostLine, text: await readFile(path, 'utf8')};
}

test('a new file begins, and a complete one is continued', async () => {
  expect(await goOn('new', null)).toMatchObject({hasLostLine: false, text: HEADER});
  expect(await goOn('empty', '')).toMatchObject({hasLostLine: false, text: HEADER});
  const whole = HEADER + COMMIT;
  expect(await goOn('whole', whole)).toMatchObject({hasLostLine: false, text: whole + HEADER});
});

test.each([
  ['short', '{"type":"second","t":180000'],
  ['longer than what is read at once', `{"type":"second","body":"${'x'.repeat(200_000)}`],
])('an incomplete last line is dropped, and the file can be continued: %s', async (name, cut) => {
  const {path, hasLostLine, text} = await goOn(name, HEADER + COMMIT + cut);
  expect(hasLostLine).toBe(true);
  expect(text).toBe(HEADER + COMMIT + HEADER);
  await writeFile(path, text + COMMIT);
  await expect(readRecordingFile(path)).resolves.toMatchObject({feature: FEATURE});
});

test('a file that is no recording is not changed', async () => {
  const path = join(folder, 'letter');
  await writeFile(path, 'Dear all,\nno newline at the end');
  await expect(openRecording(path)).rejects.toThrow(/is no recording/u);
  expect(await readFile(path, 'utf8')).toBe('Dear all,\nno newline at the end');
});

test('an incomplete line in the middle of a file is reported with its number', async () => {
  const path = join(folder, 'middle');
  await writeFile(path, `${HEADER}${COMMIT.slice(0, 30)}\n${COMMIT}`);
  await expect(readRecordingFile(path)).rejects.toThrow(`${path}:2: the line is cut in its middle`);
});
