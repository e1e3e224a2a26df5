import {wellFormedJson} from '../../release/well-formed.ts';
import type {RollUp, RollUpReader, RollUpWriter} from '../port.ts';
import {readSlices} from '../roll-up-slices.ts';
import type {StoreClock} from './clock.ts';
import type {Command} from './connection.ts';
import type {Keys} from './keys.ts';
import type {Line} from './line.ts';

/** Roll-ups lie in sorted sets by their time. A member begins with the time, or equal bodies would be one. */
export function rollUpReader(line: Line, keys: Keys): RollUpReader {
  return {
    read: (kind, sinceMs, take) =>
      readSlices(
        async (after, count) => {
          const range = [`(${after}`, '+inf', 'WITHSCORES', 'LIMIT', 0, count];
          // Members and their scores, taking turns.
          const answer = (await line.call(['ZRANGEBYSCORE', keys[kind], ...range], {
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

export function rollUpWriter(line: Line, clock: StoreClock, keys: Keys): RollUpWriter {
  return {
    write: async (kind, rollUps, keepMs) => {
      const key = keys[kind];
      // A transaction: no reader sees a time without its roll-up, and no half of a write stays.
      const commands: Command[] = [['MULTI']];
      for (const {t, body} of rollUps) {
        commands.push(['ZREMRANGEBYSCORE', key, t, t], ['ZADD', key, t, `${t} ${wellFormedJson(body)}`]);
      }
      commands.push(['ZREMRANGEBYSCORE', key, '-inf', `(${clock.now() - keepMs}`], ['EXEC']);
      await line.all(commands, key);
    },
  };
}

/** What is no roll-up is passed over. */
function decode(member: string): RollUp[] {
  const space = member.indexOf(' ');
  const t = Number(member.slice(0, space));
  return space > 0 && Number.isFinite(t) ? [{t, body: member.slice(space + 1)}] : [];
}
