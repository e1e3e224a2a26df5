import {STREAM_AHEAD_MS, type MendedStream, type StreamClocks} from '../port.ts';
import {CommandError} from './faults.ts';
import type {Keys} from './keys.ts';
import type {RedisClient} from './client.ts';
import {runWithAside, SCRIPTS} from './scripts.ts';

/** Most entries that one script puts aside, because the server waits for it; and how many of them are kept. */
const AT_ONCE = 2000;
const KEPT = 100;

/** Gives the last id of the stream, even if its entry was deleted; null: there is no stream. @throws StoreFault */
export async function lastGiven(client: RedisClient, key: string): Promise<string | null> {
  try {
    const facts = (await client.call(['XINFO', 'STREAM', key], {reads: true, isLarge: true})) as unknown[];
    return String(facts[facts.indexOf('last-generated-id') + 1]);
  } catch (error) {
    if (
      error instanceof Error &&
      error.cause instanceof CommandError &&
      /no such key/i.test(error.cause.message)
    ) {
      return null;
    }
    throw error;
  }
}

export async function readStreamClocks(client: RedisClient, keys: Keys): Promise<StreamClocks> {
  const clockOf = async (key: string): Promise<number | null> => {
    const last = await lastGiven(client, key);
    return last === null ? null : Number.parseInt(last, 10);
  };
  const [samples, feedback] = await Promise.all([clockOf(keys.metrics), clockOf(keys.feedback)]);
  return {samples, feedback};
}

export async function mendStreams(client: RedisClient, keys: Keys): Promise<MendedStream[]> {
  const mended: MendedStream[] = [];
  for (const [stream, key] of [
    ['samples', keys.metrics],
    ['feedback', keys.feedback],
  ] as const) {
    let first: {aheadMs: number} | null = null;
    let entries = 0;
    for (let more = true; more;) {
      const words = [STREAM_AHEAD_MS, AT_ONCE, KEPT];
      const said = (await runWithAside(client, SCRIPTS.mend, {key, aside: keys.aside}, words)) as
        [ahead: string, entries: number, more: number] | null;
      more = said?.[2] === 1;
      if (said === null) break;
      first ??= {aheadMs: Number(said[0])};
      entries += said[1];
    }
    if (first !== null) mended.push({stream, ...first, entries});
  }
  return mended;
}
