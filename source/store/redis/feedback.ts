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
import type {Line} from './line.ts';

export function feedbackReader(line: Line, clock: StoreClock, key: string): FeedbackReader {
  return {
    read: async (sinceMs, afterId) => {
      const since = Math.max(0, Math.ceil(sinceMs));
      const isLater = afterId !== undefined && (Number.parseInt(afterId, 10) || 0) >= since;
      const from = isLater ? `(${afterId}` : since;
      // An id from ahead of the clock is no time: a reader that goes on after it would miss what follows.
      const to = Math.floor(clock.now()) + STREAM_AHEAD_MS;
      const rows = await line.call(['XRANGE', key, from, to, 'COUNT', FEEDBACK_BATCH], {
        reads: true,
        isLarge: true,
      });
      return (rows as [id: string, fields: string[]][]).map(toEntry);
    },
  };
}

/** One command and no script: an application needs no right to run scripts. */
export async function writeFeedback(line: Line, clock: StoreClock, key: string, text: string): Promise<void> {
  // One XADD trims by one measure. By chance, not in turn: a process may write but once.
  const trim =
    Math.random() < 0.5
      ? ['MAXLEN', '~', MOST_FEEDBACK]
      : ['MINID', '~', Math.max(0, Math.floor(clock.now() - KEEP_FEEDBACK_MS))];
  await line.call(['XADD', key, ...trim, '*', 'feedback', wellFormedJson(text)]);
}

/** Whatever else stands in an entry, its text is empty: the reader counts it as none. */
function toEntry([id, fields]: [id: string, fields: string[]]): FeedbackEntry {
  return {id, at: Number.parseInt(id, 10), text: fields[0] === 'feedback' ? (fields[1] ?? '') : ''};
}
