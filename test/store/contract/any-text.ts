import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {fromJson, toJson} from '../../../source/release/well-formed.ts';
import {commitAfter, splitOf} from '../commits.ts';
import {newFeature, opener, type Subject} from './subject.ts';

/** What breaks readers: halves of surrogate pairs, NUL, separators of lines, emoji, escapes, names of every object. */
const unit = fc.oneof(
  fc.constantFrom(
    '\ud83d',
    '\ude80',
    '\0',
    '\u2028',
    '\u2029',
    '\u{1F680}',
    '👩‍💻',
    '\\',
    '"',
    '\u001b[2J',
    '\ufffe',
  ),
  fc.constantFrom('__proto__', 'constructor', '\\ud83d', '\\u0000'),
  fc.string({unit: 'binary', maxLength: 3}),
);
const text = fc.oneof(
  fc.string({unit, maxLength: 30}),
  fc
    .tuple(fc.string({unit, minLength: 1, maxLength: 3}), fc.nat(60_000))
    .map(([part, times]) => part.repeat(times)),
);

export function anyTextContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('whatever can be written', () => {
    it('can be read, written after and taken back', {timeout: 180_000}, async () => {
      const store = await open('operator');
      await fc.assert(
        fc.asyncProperty(text, text, fc.dictionary(text, text, {maxKeys: 3}), async (by, reason, facts) => {
          const feature = store.feature(newFeature());
          const events = [
            {type: 'guard-taken', epoch: 1},
            {type: by || 'x', ignorable: true, facts},
          ];
          const split = {...splitOf('any'), include: {users: [reason], rules: []}};
          const commit = commitAfter(null, {by, reason, events, split});
          expect(await feature.log.append(commit)).toEqual({outcome: 'written'});
          const head = await feature.log.head();
          expect(head).toEqual(fromJson(toJson(commit)));
          const rollback = commitAfter(head);
          expect(await feature.log.append(rollback)).toEqual({outcome: 'written'});
          expect(await feature.log.head()).toEqual(rollback);
          for (const entry of await subject().raw.readLog(feature.feature)) {
            expect(entry.text.isWellFormed()).toBe(true);
            // Older versions and other readers refuse half a pair that is written as an escape.
            expect(entry.text).toBe(toJson(JSON.parse(entry.text)));
          }
        }),
        {numRuns: 60},
      );
    });

    it('comes back from every other place where texts are kept', async () => {
      const store = await open('operator');
      await fc.assert(
        fc.asyncProperty(text, async odd => {
          const feature = store.feature(newFeature());
          await feature.outputs.write({release: odd, step: odd, attempt: 1, text: odd, result: odd});
          expect(await feature.outputs.read()).toMatchObject([{text: odd.toWellFormed()}]);
          await feature.feedback.write(JSON.stringify({message: odd}));
          const [entry] = await feature.feedback.read(0);
          expect(JSON.parse(entry!.text)).toEqual({message: odd.toWellFormed()});
          await feature.rollUps.write('minutes', [{t: Date.now(), body: JSON.stringify([odd])}], 3_600_000);
          const [rollUp] = await feature.rollUps.read('minutes', 0);
          expect(JSON.parse(rollUp!.body)).toEqual([odd.toWellFormed()]);
          // A lease that cannot be read would be free for everybody.
          const name = `guard of ${odd}`;
          expect(await feature.lease.hold(name, 'token-1', 5000)).not.toBeNull();
          expect(await feature.lease.hold('another', 'token-2', 5000)).toBeNull();
        }),
        {numRuns: 40},
      );
    });
  });

  describe('a rehearsal', () => {
    it('says what an append would, and leaves nothing behind', async () => {
      const feature = (await open('operator')).feature(newFeature());
      const first = commitAfter(null);
      expect(await feature.log.rehearse(first)).toEqual({outcome: 'written'});
      expect(await feature.log.read(0)).toEqual([]);
      await feature.log.append(first);
      const second = commitAfter(first);
      expect(await feature.log.rehearse(second)).toEqual({outcome: 'written'});
      expect(await feature.log.rehearse(commitAfter(second))).toEqual({outcome: 'conflict'});
      expect(await feature.log.read(0)).toEqual([first]);
      const entries = await subject().raw.readLog(feature.feature);
      await subject().raw.rewriteLog(feature.feature, [...entries, {version: 2, text: 'junk'}]);
      expect(await feature.log.rehearse(second)).toEqual({outcome: 'written', putAside: true});
      expect(await subject().raw.readLog(feature.feature)).toHaveLength(2);
      expect(await feature.log.append(second)).toEqual({outcome: 'written', putAside: true});
      expect(await feature.log.read(0)).toEqual([first, second]);
    });
  });
}
