import {changeOrTime} from '../../controller/working-log.ts';
import type {Call, Run} from '../call.ts';
import {readTypedDuration} from '../command-line/typed-values.ts';
import {EXIT} from '../output/exit.ts';
import {Failure, usage} from '../output/failure.ts';
import {standing, type Awaited} from '../commands/execute.ts';
import {openLook, using} from '../session/session.ts';
import {STATES} from '../command-line/verb.ts';
import {nearest, quote} from '../../text/quote.ts';

/** Time alone may make a state unreachable: the rollback window of a completed release ends. */
const LOOK_EVERY_MS = 1000;

/** `wait --for STATE [--timeout D]`: until the release at hand is there, or cannot come there any more. */
export const run: Run = async call => {
  const wanted = readState(call);
  const {timeout, release: named} = call.flags;
  const timeoutMs = timeout === undefined ? null : readTypedDuration('--timeout', timeout);
  const started = performance.now();
  const signal = call.interrupted();
  return await using(openLook(call), async ({view}) => {
    let isTold = call.out.isJson;
    let id = named ?? view.snapshot().state.release?.id ?? null;
    for (;;) {
      const {state} = view.snapshot();
      id ??= state.release?.id ?? null;
      const now = standing(state, id, wanted, view.now());
      if (now.kind === 'there') {
        const {out} = call;
        if (out.isJson)
          out.json({schema: 'graydeck.wait/1', feature: view.feature, release: id, state: wanted});
        else out.data(`${view.feature}  ${wanted}`);
        return EXIT.done;
      }
      if (now.kind === 'never') {
        throw new Failure(EXIT.against, 'never', `${wanted} can no longer come: ${now.why}`, 'graydeck log');
      }
      if (!isTold) call.out.say(`${view.feature}  ${now.why}; waiting for ${wanted}`);
      isTold = true;
      const leftMs = timeoutMs === null ? LOOK_EVERY_MS : timeoutMs - (performance.now() - started);
      if (leftMs <= 0) {
        throw new Failure(
          EXIT.timedOut,
          'timed-out',
          `it is not ${wanted} after ${timeout ?? ''}: ${now.why}`,
          'graydeck status',
        );
      }
      await changeOrTime(view, Math.min(leftMs, LOOK_EVERY_MS), signal);
      if (signal.aborted) return EXIT.interrupted;
    }
  });
};

function readState({flags}: Call): Awaited {
  const states = STATES.join(', ');
  if (flags.for === undefined)
    throw usage('wait needs to know for what', `graydeck wait --for completed; states: ${states}`);
  const found = STATES.find(state => state === flags.for);
  if (found !== undefined) return found;
  const near = nearest(flags.for, STATES);
  throw usage(
    `${quote(flags.for)} is no state of a release: ${states}`,
    near === null ? 'graydeck wait --help' : `did you mean graydeck wait --for ${near}?`,
  );
}
