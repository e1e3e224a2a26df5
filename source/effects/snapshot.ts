import type {Release} from '../release/state.ts';
import type {OutputShelf} from './output-shelf.ts';
import type {Performer} from './run-steps.ts';

/** Takes the snapshot of what is known of a release; a value that is written as JSON. */
export type TakeSnapshot = (release: Release, signal: AbortSignal) => Promise<unknown>;

const WITHIN_MS = 15_000;

/** Keeps what was known when a release was taken back, for its report: what it was made from does not live long. */
export function snapshotPerformer(take: TakeSnapshot, outputs: OutputShelf): Performer {
  return {
    deadlineMs: WITHIN_MS + 1000,
    async perform(step, {release, signal}) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
      const text = JSON.stringify(await take(release, limit));
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
