import {readFreezeEntry} from '../../release/freeze.ts';
import type {KeptOutput, StepOutput} from '../../release/step.ts';
import {toJson, wellFormedJson} from '../../release/well-formed.ts';
import {decodeOutput, readJson} from '../read-documents.ts';
import {
  FEEDBACK_BATCH,
  type FeedbackEntry,
  type FeedbackReader,
  type FreezeReader,
  type FreezeWriter,
  KEEP_FEEDBACK_MS,
  KEEP_FREEZES,
  KEEP_OUTPUTS,
  MOST_FEEDBACK,
  type OutputReader,
  STREAM_AHEAD_MS,
  type ShareKeeper,
  type ShareReader,
  type SummaryKeeper,
  type SummaryReader,
} from '../port.ts';
import type {RedisClient} from './client.ts';
import type {StoreClock} from './clock.ts';
import {FREEZE, type Keys} from './keys.ts';

export function summaryReader(client: RedisClient, {summary}: Pick<Keys, 'summary'>): SummaryReader {
  return {read: async () => (await client.call(['GET', summary], {reads: true})) as string | null};
}

export function summaryKeeper(client: RedisClient, keys: Pick<Keys, 'summary'>): SummaryKeeper {
  return {
    ...summaryReader(client, keys),
    write: async text => {
      await client.call(['SET', keys.summary, wellFormedJson(text)]);
    },
  };
}

export function shareReader(client: RedisClient, {shares}: Pick<Keys, 'shares'>): ShareReader {
  return {
    read: async () => {
      const pairs = (await client.call(['HGETALL', shares], {reads: true})) as string[];
      const records = new Map<string, string>();
      for (let index = 0; index + 1 < pairs.length; index += 2)
        records.set(pairs[index] ?? '', pairs[index + 1] ?? '');
      return records;
    },
  };
}

export function shareKeeper(client: RedisClient, keys: Pick<Keys, 'shares'>): ShareKeeper {
  return {
    ...shareReader(client, keys),
    write: async (name, text) => {
      await client.call(['HSET', keys.shares, name, wellFormedJson(text)]);
    },
    remove: async names => {
      if (names.length > 0) await client.call(['HDEL', keys.shares, ...names]);
    },
  };
}

export function freezeReader(client: RedisClient): FreezeReader {
  return {
    newest: async () => {
      const rows = await client.call(['XREVRANGE', FREEZE, '+', '-', 'COUNT', 1], {reads: true});
      const [row] = rows as [id: string, fields: string[]][];
      return row === undefined ? null : readFreezeEntry(readJson(row[1][1] ?? ''));
    },
  };
}

export function freezeWriter(client: RedisClient): FreezeWriter {
  return {
    write: async entry => {
      await client.call(['XADD', FREEZE, 'MAXLEN', '~', KEEP_FREEZES, '*', 'entry', toJson(entry)]);
    },
  };
}

export function outputReader(client: RedisClient, key: string): OutputReader {
  return {
    read: async () => {
      const rows = await client.call(['XRANGE', key, '-', '+'], {reads: true, isLarge: true});
      return (rows as [id: string, fields: string[]][]).flatMap(toOutput);
    },
  };
}

export async function writeOutput(client: RedisClient, key: string, output: StepOutput): Promise<void> {
  await client.call(['XADD', key, 'MAXLEN', KEEP_OUTPUTS, '*', 'output', toJson(output)]);
}

function toOutput([id, fields]: [id: string, fields: string[]]): KeptOutput[] {
  return fields[0] === 'output' ? decodeOutput(fields[1] ?? '', Number.parseInt(id, 10)) : [];
}

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
