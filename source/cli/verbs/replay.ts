import type {Recording} from '../../replay/recording.ts';
import {readStamp} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import type {ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {openPastDeck, readMoment} from '../replay/past.ts';
import {pastOf, readRecordingFile} from '../../replay/read.ts';
import {openLook, using} from '../session/session.ts';
import {loadSettings} from '../session/settings.ts';
import {noTerminal} from '../process.ts';
import {modeOf} from './watch.ts';

/** `replay FILE|--from T`: the console over a recording, or over what the store still holds. */
export const run: Run = async call => {
  const [file] = call.args;
  const {from} = call.flags;
  if (file === undefined && from === undefined)
    throw usage(
      'replay needs a FILE, or --from a moment of the store',
      'graydeck replay --from 10m',
      'no-recording',
    );
  const lack = noTerminal(process.env, 'replay');
  if (call.flags.json || lack !== null)
    throw usage(
      lack === null ? 'replay needs a terminal' : `replay needs a terminal: ${lack.why}`,
      lack?.todo === '' || lack === null ? 'graydeck log, or graydeck report' : lack.todo,
      'no-terminal',
    );
  if (file === undefined)
    return await using(openLook(call), async ({feature, view, settings, store}) => {
      const recording = await pastOf(feature, view);
      if (recording === null)
        throw usage(`nothing was kept of ${feature.feature}`, 'graydeck status', 'no-past');
      return await show(call, recording, readMoment(from ?? '', view.now()), store.label, settings.declared);
    });
  const {declared} = await loadSettings(call);
  const recording = await readRecordingFile(file);
  const at = from === undefined ? recording.from : readMoment(from, recording.to);
  return await show(call, recording, at, file, declared);
};

async function show(
  call: Call,
  recording: Recording,
  at: number,
  label: string,
  declared: Parameters<typeof openPastDeck>[0]['declared'],
): Promise<ExitCode> {
  const {runConsole} = await import('../../console/run.tsx');
  const deck = openPastDeck({
    recording,
    declared,
    actor: readStamp(call.flags).by,
    mode: modeOf(call, false),
    at: Math.min(recording.to, Math.max(recording.from, at)),
    label,
  });
  try {
    return (await runConsole(deck)).code as ExitCode;
  } finally {
    await deck.close?.();
  }
}
