import {readFeedback, type GivenFeedback} from '../analysis/feedback/feedback.ts';
import {FEEDBACK_BATCH, type FeedbackEntry, type FeedbackReader} from '../store/port.ts';

/** All feedback of a feature since a moment (store's clock), oldest first, and how many entries were none. @throws StoreFault */
export async function readAllFeedback(
  feedback: FeedbackReader,
  sinceMs = 0,
): Promise<{given: GivenFeedback[]; junk: number}> {
  const entries: FeedbackEntry[] = [];
  for (;;) {
    const batch = await feedback.read(sinceMs, entries.at(-1)?.id);
    entries.push(...batch);
    if (batch.length < FEEDBACK_BATCH) return readFeedback(entries);
  }
}
