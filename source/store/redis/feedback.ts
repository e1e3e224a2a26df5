import {
  FEEDBACK_BATCH,
  KEEP_FEEDBACK_MS,
  STREAM_AHEAD_MS,
  MOST_FEEDBACK,
  type FeedbackEntry,
  type FeedbackReader,
} from '../port.ts';
import {wellFormedJson} from '../../release/well-formed.ts';
import type {StoreClock} from './clock.ts';
import type {RedisClient} from './client.ts';

export function feedbackReader(client: RedisClient, clock: StoreClock, key: string): FeedbackReader {
  return {
    read: async (sinceMs, afterId) => {
      const since = Math.max(0, Math.ceil(sinceMs));
      const isLater = afterId !== undefined && (Number.parseInt(afterId, 10) || 0) >= since;
      const from = isLater ? `(${afterId}` : since;
      // A reader that continues after an id from ahead of the clock would miss later entries.
      const to = Math.floor(clock.now()) + STREAM_AHEAD_MS;
      const rows = await client.call(['XRANGE', key, from, to, 'COUNT', FEEDBACK_BATCH], {
        reads: true,
        isLarge: true,
      });
      return (rows as [id: string, fields: string[]][]).map(toEntry);
    },
  };
}

/** Uses one command and no script, so that an application needs no right to run scripts. */
export async function writeFeedback(
  client: RedisClient,
  clock: StoreClock,
  key: string,
  text: string,
): Promise<void> {
  // One XADD trims by one measure. It is chosen by chance, because a process may write only once.
  const trim =
    Math.random() < 0.5
      ? ['MAXLEN', '~', MOST_FEEDBACK]
      : ['MINID', '~', Math.max(0, Math.floor(clock.now() - KEEP_FEEDBACK_MS))];
  await client.call(['XADD', key, ...trim, '*', 'feedback', wellFormedJson(text)]);
}

/** Reads an entry. An entry without feedback gets an empty text, which the reader does not count. */
function toEntry([id, fields]: [id: string, fields: string[]]): FeedbackEntry {
  return {id, at: Number.parseInt(id, 10), text: fields[0] === 'feedback' ? (fields[1] ?? '') : ''};
}
