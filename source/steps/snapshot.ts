import {type WorkingLog, changeOrTime} from '../controller/working-log.ts';
import type {Dispatch} from '../release/dispatch.ts';
import type {Release} from '../release/state.ts';
import {toJson} from '../release/well-formed.ts';
import type {OutputShelf} from './hook.ts';
import type {Performed, Performer} from './run-steps.ts';

/** Most milliseconds that later steps wait for a channel. */
const WAIT_AT_MOST_MS = 10_000;
const LOOK_AGAIN_MS = 500;

/**
 * Waits until every channel has delivered the notification of a rollback, or has failed for now. The outbox
 * sends it and continues independently.
 */
export function notifyPerformer(log: Pick<WorkingLog, 'state' | 'subscribe'>): Performer {
  return {
    deadlineMs: WAIT_AT_MOST_MS + 2000,
    async perform({attempts}, {release, signal}) {
      const giveUpAt = performance.now() + WAIT_AT_MOST_MS;
      const find = () => log.state().outbox.find(({id}) => id === `rollback ${release.id}`);
      // A retry waits for another try.
      const isAgain = attempts > 0;
      while (isUnderWay(find(), isAgain) && performance.now() < giveUpAt && !signal.aborted)
        await changeOrTime(log, LOOK_AGAIN_MS, signal);
      return outcomeOf(find());
    },
  };
}

/** Whether the first try of a channel is still to come; with `isAgain`, also whether a further one is. */
function isUnderWay(dispatch: Dispatch | undefined, isAgain: boolean): boolean {
  if (dispatch === undefined) return false;
  const {deliveries} = dispatch;
  return (
    deliveries === null ||
    deliveries.some(
      ({state, attempts}) => state === 'sending' || attempts === 0 || (isAgain && state === 'waiting'),
    )
  );
}

function outcomeOf(dispatch: Dispatch | undefined): Performed {
  if (dispatch === undefined) return {outcome: 'skipped'};
  const {deliveries} = dispatch;
  if (deliveries === null)
    return {
      outcome: 'failed',
      error: 'notification not sent: no running guard or console has a channel configured',
    };
  const missing = deliveries.filter(({state}) => state !== 'done');
  const facts = {channels: deliveries.length, told: deliveries.length - missing.length};
  if (missing.length === 0) return {outcome: 'done', facts};
  const words = missing.map(
    ({channel, state, error}) =>
      `${channel} ${error ?? 'has not answered'}${state === 'waiting' ? ', will be tried again' : ''}`,
  );
  return {outcome: 'failed', error: words.join('; '), facts};
}

/** Takes the snapshot of a release for its report. The value is written as JSON. */
export type TakeSnapshot = (release: Release, signal: AbortSignal) => Promise<unknown>;

const WITHIN_MS = 15_000;
const STEP = 'rollback.snapshot';

/**
 * Takes a first snapshot as soon as every user is at prod, because hooks may take longer than samples are
 * kept. Stored as attempt 0 of the snapshot step. Its failure is ignored.
 */
export async function takeEarly(take: TakeSnapshot, outputs: OutputShelf, release: Release): Promise<void> {
  try {
    const text = toJson(await take(release, AbortSignal.timeout(WITHIN_MS)));
    await outputs.write({release: release.id, step: STEP, attempt: 0, text, result: null});
  } catch {
    // The snapshot step reports the failure.
  }
}

/** Stores what was known at the rollback, for the report: samples are not kept long. */
export function snapshotPerformer(take: TakeSnapshot, outputs: OutputShelf): Performer {
  return {
    deadlineMs: WITHIN_MS + 1000,
    async perform(step, {release, signal}) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
      const text = toJson(await take(release, limit));
      if (limit.aborted) return {outcome: 'failed', error: 'the samples could not be read in time'};
      await outputs.write({
        release: release.id,
        step: step.id,
        attempt: step.attempts + 1,
        text,
        result: null,
      });
      return {outcome: 'done', facts: {bytes: text.length}};
    },
  };
}
