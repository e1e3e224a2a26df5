import type {Judgement} from './judge.ts';

/** A judgement, and what it is about: of another release or split it says nothing. */
export interface Judged {
  release: string;
  /** When the split began that was judged, the store's clock. */
  since: number;
  judgement: Judgement;
}

/** What was judged of this release and its split; null: nothing, or it was another release, or before the split changed. */
export function judgementOf(
  judged: Judged | null,
  release: {id: string; splitChangedAt: number} | null,
): Judgement | null {
  const isOurs = judged?.release === release?.id && judged?.since === release?.splitChangedAt;
  return isOurs ? (judged?.judgement ?? null) : null;
}
