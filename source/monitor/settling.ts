import type {Judgement} from '../analysis/judge/judge.ts';
import type {ReasonCode} from '../analysis/judge/reasons.ts';
import type {Span} from '../analysis/numbers.ts';
import {hasGrayRoute} from '../release/derive-split.ts';
import type {Release} from '../release/state.ts';

/** Routers, samples and windows have caught up with a change of the split within this time, milliseconds. */
const SETTLES_WITHIN_MS = 10_000;

/** Reasons that only say that the new window is still too short, or that routers are still on their way. */
const PENDING: ReadonlySet<string> = new Set<ReasonCode>([
  'no_data',
  'no_prod_data',
  'not_applied',
  'guardrail_undecided',
  'guardrail_unmeasured',
  'criterion_undecided',
  'criterion_unmeasured',
]);

/** Milliseconds since the split changed, while that is too recent for a judgement; null: the judgement can be taken as it is. */
export function settlingMsOf(
  judgement: Judgement | null,
  release: Release | null,
  now: number,
): number | null {
  if (release === null || release.state !== 'rolling' || !hasGrayRoute(release)) return null;
  const sinceMs = now - release.splitChangedAt;
  if (sinceMs < 0 || sinceMs >= SETTLES_WITHIN_MS) return null;
  const isPending =
    judgement === null ||
    (judgement.verdict.action === 'hold' && judgement.verdict.reasons.some(({code}) => PENDING.has(code)));
  return isPending ? sinceMs : null;
}

/**
 * Since when gray has most probably been worse: by the judgement, or where nothing was judged here, as the guard has
 * written it. Milliseconds since 1970; null: it is not worse, or it is not known since when.
 */
export function onsetOf(judgement: Judgement | null, release: Release | null): number | null {
  const verdict = judgement === null ? (release?.verdict ?? null) : judgement.verdict;
  return verdict?.onset ?? null;
}

/** Whether a reason only waits for routers and windows to catch up with a change of the split. */
export function isPending({code}: {code: string}): boolean {
  return PENDING.has(code);
}

/**
 * Since when a metric has been bad on gray, milliseconds since 1970: the onset of the verdict, else since its guardrail has
 * held without a break, else its own onset by evidence; null: not known. Panels, headline, verdict and charts all say this.
 */
export function worseSince(
  {judgement, onset, window}: {judgement: Judgement | null; onset: number | null; window: Span},
  metric: string,
): number | null {
  if (onset !== null || judgement === null) return onset;
  const held = judgement.guardrails.flatMap(({outcome, heldMs}) =>
    heldMs !== null && !outcome.improvement && isSameMetric(outcome.metric, metric) ? [heldMs] : [],
  );
  if (held.length > 0) return window.to - Math.max(...held);
  const found = judgement.evidence?.metrics.find(
    one => one.direction === 'gray-worse' && isOfEvidence(one.metric, metric),
  );
  return found === undefined || found.onset === null ? null : found.onset * 1000;
}

/** Plans may call the mean `response_time_avg`. */
function isSameMetric(one: string, other: string): boolean {
  return one === other || (one === 'response_time_avg' && other === 'response_time');
}

/** Evidence compares response times as a whole. */
function isOfEvidence(evidence: string, metric: string): boolean {
  return evidence === metric || (evidence === 'response_time' && metric.startsWith('response_time'));
}
