import {execa} from 'execa';
import type {Redis} from 'ioredis';
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

/**
 * Lets both sides say each second that nothing new has come. The screen shows numbers while they are of now: without
 * this, what was written first would be old by the time that a busy machine has written and drawn the rest.
 */
export function staysAlive(admin: Redis, feature = FEATURE): Disposable {
  const key = `graydeck:{${feature}}:metrics`;
  const timer = setInterval(() => {
    for (const side of ['prod', 'gray']) void admin.xadd(key, '*', ...entry({side, requests: 0}));
  }, 1000);
  return {[Symbol.dispose]: () => clearInterval(timer)};
}

/** Fields of one entry: `entry({side: 'gray', requests: 1})`. */
export function entry(fields: Readonly<Record<string, string | number>>): Entry {
  return Object.entries(fields).flatMap(([name, value]) => [name, String(value)]);
}
