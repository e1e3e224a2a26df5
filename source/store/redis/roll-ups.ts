import {wellFormedJson} from '../../release/well-formed.ts';
import type {RollUp, RollUpReader, RollUpWriter} from '../port.ts';
import {readSlices} from '../roll-up-slices.ts';
import type {StoreClock} from './clock.ts';
import type {Command} from './connection.ts';
import type {Keys} from './keys.ts';
import type {RedisClient} from './client.ts';

/** Roll-ups are members of sorted sets, scored by time. A member begins with its time: otherwise equal bodies would be one member. */
export function rollUpReader(client: RedisClient, keys: Keys): RollUpReader {
  return {
    read: (kind, sinceMs, take) =>
      readSlices(
        async (after, count) => {
          const range = [`(${after}`, '+inf', 'WITHSCORES', 'LIMIT', 0, count];
          // Members and scores alternate.
          const answer = (await client.call(['ZRANGEBYSCORE', keys[kind], ...range], {
            reads: true,
            isLarge: true,
          })) as string[];
          const members = answer.filter((_, index) => index % 2 === 0);
          const last = members.length < count ? null : Number(answer.at(-1));
          return {rollUps: members.flatMap(decode), last};
        },
        sinceMs,
        take,
      ),
  };
}

export function rollUpWriter(client: RedisClient, clock: StoreClock, keys: Keys): RollUpWriter {
  return {
    write: async (kind, rollUps, keepMs) => {
      const key = keys[kind];
      // A transaction: no reader sees a time without its roll-up, and no half of a write stays.
      const commands: Command[] = [['MULTI']];
      for (const {t, body} of rollUps) {
        commands.push(['ZREMRANGEBYSCORE', key, t, t], ['ZADD', key, t, `${t} ${wellFormedJson(body)}`]);
      }
      commands.push(['ZREMRANGEBYSCORE', key, '-inf', `(${clock.now() - keepMs}`], ['EXEC']);
      await client.all(commands, key);
    },
  };
}

/** Reads a roll-up. Anything else is skipped. */
function decode(member: string): RollUp[] {
  const space = member.indexOf(' ');
  const t = Number(member.slice(0, space));
  return space > 0 && Number.isFinite(t) ? [{t, body: member.slice(space + 1)}] : [];
}
