import {execa} from 'execa';
import {FEATURE} from './place.ts';

/** Processes of redis-cli at a time. */
const AT_ONCE = 6;

/** Fields and values of an entry, as they follow `XADD key *`. */
export type Entry = readonly string[];

/** What an app in a language without SDK does: one `redis-cli XADD` for each entry, and nothing else of ours. */
export async function xadd(port: number, entries: readonly Entry[], feature = FEATURE): Promise<void> {
  const key = `graydeck:{${feature}}:metrics`;
  const rest = entries.values();
  await Promise.all(
    Array.from({length: AT_ONCE}, async () => {
      // All of them take from one iterator: each entry is written once.
      for (const entry of rest) {
        const {stdout} = await execa('redis-cli', ['-p', String(port), 'XADD', key, '*', ...entry]);
        if (!/^\d+-\d+$/u.test(stdout)) throw new Error(`XADD answered ${stdout}`);
      }
    }),
  );
}

/** Fields of one entry: `entry({side: 'gray', requests: 1})`. */
export function entry(fields: Readonly<Record<string, string | number>>): Entry {
  return Object.entries(fields).flatMap(([name, value]) => [name, String(value)]);
}
