import fc from 'fast-check';
import {expect, test} from 'vitest';
import {failed, type Channel, type Tried} from '../../source/notify/channel.ts';
import {Outbox, type OutboxOptions} from '../../source/notify/outbox.ts';
import type {Intent} from '../../source/release/command.ts';
import {SECOND} from '../release/specification.ts';
import {Desk} from './desk.ts';

/** What a receiver has: the message, and whether it was told that it may have it already. */
interface Received {
  id: string;
  mayBeRepeat: boolean;
}

/** How a receiver takes a message: it does and says so, does and the answer is lost, refuses for now, is not there. */
type Mood = 'takes' | 'takes and hangs up' | 'refuses' | 'is away';

function receiver(name: string, moods: readonly Mood[], received: Received[]): Channel {
  let calls = 0;
  return {
    name,
    level: 'info',
    features: null,
    timeoutMs: 8000,
    perMinute: 1000,
    async send({id, mayBeRepeat}): Promise<Tried> {
      await Promise.resolve();
      const mood = moods[calls++ % moods.length] ?? 'takes';
      if (mood === 'takes' || mood === 'takes and hangs up') received.push({id, mayBeRepeat});
      if (mood === 'takes') return {outcome: 'done', note: null};
      if (mood === 'takes and hangs up') return failed('the connection broke', {isUnsure: true});
      return failed(mood === 'refuses' ? '429' : 'no answer at its address');
    },
  };
}

/** A process that dies with its `lives`-th write: before it, or right after it, when nobody hears of it any more. */
function mortal(options: OutboxOptions, lives: number, isAfter: boolean): OutboxOptions {
  let writes = 0;
  const never = new Promise<never>(() => undefined);
  return {
    ...options,
    log: {
      ...options.log,
      async execute(intent) {
        writes += 1;
        if (writes > lives) return await never;
        const told = await options.log.execute(intent);
        return writes === lives && isAfter ? await never : told;
      },
    },
  };
}

const settle = async () => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

test('whenever processes die, everybody is told, and whoever is told twice is told that it may be so', async () => {
  const moods = fc.array(fc.constantFrom<Mood>('takes', 'takes and hangs up', 'refuses', 'is away'), {
    minLength: 1,
    maxLength: 4,
  });
  const deaths = fc.array(fc.record({lives: fc.integer({min: 0, max: 8}), isAfter: fc.boolean()}), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(moods, moods, deaths, fc.integer({min: 1, max: 4}), async (slack, sms, dead, count) => {
      const desk = new Desk();
      const received = {slack: [] as Received[], sms: [] as Received[]};
      // In the end every receiver is well: what is tried long enough gets through.
      const channels = [
        receiver('slack', [...slack, 'takes'], received.slack),
        receiver('sms', [...sms, 'takes'], received.sms),
      ];
      for (let index = 0; index < count; index++) {
        const alert: Intent = {type: 'alert', alert: `a-${index}`, level: 'critical', message: `m ${index}`};
        desk.does(alert);
      }
      const living = [...dead, {lives: Number.POSITIVE_INFINITY, isAfter: false}];
      for (const [index, {lives, isAfter}] of living.entries()) {
        const options = {...desk.sender([], `guard ${index}`), channels, escalateAfterMs: null};
        const outbox = new Outbox(mortal(options, lives, isAfter));
        for (let turn = 0; turn < (index < dead.length ? 2 : 40); turn++) {
          // Who is dead does not come back from it.
          void outbox.begin().catch(() => undefined);
          await settle();
          desk.now += (turn < 10 ? 12 : 120) * SECOND;
        }
      }
      const wrong = Array.from({length: count}, (_, index) => {
        const told = desk.told(`raised a-${index}`);
        const isOver = told.length === 2 && told.every(one => / (?:done|failed) /u.test(one));
        const lists = Object.entries(received).map(([name, list]) => {
          const mine = list.filter(({id}) => id === `new_payment/raised a-${index}`);
          // Seven tries may all be refused; then the log says so.
          const isTold = mine.length > 0 || told.some(one => one.startsWith(`${name} failed`));
          return isTold && mine.slice(1).every(({mayBeRepeat}) => mayBeRepeat);
        });
        return isOver && lists.every(isRight => isRight) ? [] : [told];
      });
      expect(wrong.flat()).toEqual([]);
    }),
    {numRuns: 150},
  );
});
