import {setImmediate as nextTurn} from 'node:timers/promises';
import type {Judgement} from '../analysis/judge/judge.ts';
import {CATCH_UP_MS, wholeSecond} from './beginning.ts';
import type {Judging, ReleaseFacts} from './judging.ts';

/** A second is looked at so long after its end, milliseconds: senders flush four times a second. */
export const SETTLE_MS = 400;
/** Seconds judged in one go before others have their turn. */
const AT_ONCE = 20;

/** Milliseconds until the next look, a while after each whole second. @param now the store's clock */
export function untilLook(now: number): number {
  return 1000 - ((((now - SETTLE_MS) % 1000) + 1000) % 1000);
}

/**
 * Judges every whole second since the last look; the last one counts. Null: there is none yet, the release has given way
 * to another, or the signal aborted.
 * @param until the store's clock, milliseconds since 1970
 * @param onJudged told of every second
 */
export async function judgeUntil(
  judging: Judging,
  until: number,
  releaseFacts: () => ReleaseFacts | null,
  signal: AbortSignal,
  onJudged: (judgement: Judgement) => void = () => undefined,
): Promise<Judgement | null> {
  const end = wholeSecond(until);
  let judgement: Judgement | null = null;
  let count = 0;
  for (let at = Math.max(judging.at, end - CATCH_UP_MS) + 1000; at <= end; at += 1000) {
    const facts = releaseFacts();
    if (facts === null) return null;
    judgement = judging.look(at, facts);
    onJudged(judgement);
    if (++count % AT_ONCE === 0) await nextTurn();
    if (signal.aborted) return null;
  }
  return judgement;
}
