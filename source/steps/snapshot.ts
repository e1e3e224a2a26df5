import type {Release} from '../release/state.ts';
import type {OutputShelf} from './hook.ts';
import type {Performer} from './run-steps.ts';
import {toJson} from '../release/well-formed.ts';

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
