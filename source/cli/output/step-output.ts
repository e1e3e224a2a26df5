import {plainText} from '../../analysis/plain-text.ts';
import {dayAndTime, isSameDay, timeOfDay} from '../../console/present/format.ts';
import type {KeptOutput} from '../../release/step-output.ts';
import type {Call} from '../call.ts';
import {EXIT} from './exit.ts';
import {Failure} from './failure.ts';
import type {Look} from '../session/session.ts';

/**
 * What a step of the release left behind, each attempt of it; of the release at hand unless another is named.
 * @throws Failure exit code 2 where nothing was kept of such a step.
 */
export async function printOutput({flags, out}: Call, {feature, view}: Look, step: string): Promise<void> {
  const release = flags.release ?? view.snapshot().state.release?.id ?? null;
  const kept = (await feature.outputs.read()).filter(output => output.release === release);
  const told = kept.filter(output => output.step === step || output.step.endsWith(`.${step}`));
  if (told.length === 0) throw nothing(kept, step);
  if (out.isJson) {
    out.json({schema: 'graydeck.output/1', feature: feature.feature, release, outputs: told});
    return;
  }
  const now = view.now();
  for (const {step, attempt, at, text} of told) {
    const time = isSameDay(at, now) ? timeOfDay(at) : dayAndTime(at);
    out.data(out.paint('dim', `${time}  ${plainText(step, 80)}, attempt ${attempt}`));
    for (const line of text.split(/\r?\n/u)) out.data(plainText(line));
  }
}

function nothing(kept: readonly KeptOutput[], step: string): Failure {
  const names = [...new Set(kept.map(output => plainText(output.step, 80)))].sort();
  return new Failure(
    EXIT.usage,
    'no-output',
    `nothing was kept of a step ${plainText(step, 80)}`,
    names.length === 0 ? 'no step of this release has said anything' : `there is: ${names.join(', ')}`,
  );
}
