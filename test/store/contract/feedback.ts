import {describe, expect, it} from 'vitest';
import {FEEDBACK_BATCH, type FeedbackEntry, type FeedbackReader} from '../../../source/store/port.ts';
import {newFeature, opener, type Subject} from './subject.ts';

async function readAll(feedback: FeedbackReader, sinceMs = 0): Promise<FeedbackEntry[]> {
  const all: FeedbackEntry[] = [];
  for (;;) {
    const batch = await feedback.read(sinceMs, all.at(-1)?.id);
    all.push(...batch);
    if (batch.length < FEEDBACK_BATCH) return all;
  }
}

export function feedbackContract(subject: () => Subject): void {
  const open = opener(subject);

  describe('feedback', () => {
    it('of apps and operators is read by everybody who looks, in the order it came, word for word', async () => {
      const name = newFeature();
      const operator = await open('operator');
      const said = ['{"type":"bug","message":"<b>慢</b> \\u0007 \'); DROP TABLE feedback"}', '', 'no json {'];
      const before = operator.now();
      await (await open('router')).feature(name).writeFeedback(said[0]!);
      await operator.feature(name).feedback.write(said[1]!);
      await operator.feature(name).feedback.write(said[2]!);
      const {feedback} = (await open('viewer')).feature(name);
      const read = await feedback.read(0);
      expect(read.map(({text}) => text)).toEqual(said);
      for (const {at} of read) expect(Math.abs(at - before)).toBeLessThan(5000);
      expect(await operator.feature(name).feedback.read(0)).toEqual(read);
      expect(await operator.feature(newFeature()).feedback.read(0)).toEqual([]);
    });

    it('is read on from where a reader stopped, and from a moment on', async () => {
      const {feedback} = (await open('operator')).feature(newFeature());
      await feedback.write('one');
      const [one] = await feedback.read(0);
      await feedback.write('two');
      expect((await feedback.read(0, one!.id)).map(({text}) => text)).toEqual(['two']);
      expect(await feedback.read(one!.at + 60_000)).toEqual([]);
      expect(await feedback.read(one!.at + 60_000, one!.id)).toEqual([]);
      expect(await feedback.read(one!.at - 60_000)).toHaveLength(2);
    });

    it('of more than one batch is read without gap or repeat', async () => {
      const {feedback} = (await open('operator')).feature(newFeature());
      const count = FEEDBACK_BATCH + 3;
      const texts = Array.from({length: count}, (_, index) => String(index));
      await Promise.all(texts.map(text => feedback.write(text)));
      const read = await readAll(feedback);
      expect(read).toHaveLength(count);
      expect(new Set(read.map(({text}) => text)).size).toBe(count);
    });

    it('makes no feature of a name that nobody released under', async () => {
      const name = newFeature();
      await (await open('router')).feature(name).writeFeedback('{}');
      expect(await (await open('operator')).features()).not.toContain(name);
    });
  });
}
