import {RATINGS, type FeedbackType, type GivenFeedback, type Rating} from './feedback.ts';

/** Feedback in numbers. */
export interface FeedbackStats {
  count: number;
  /** Mean of the ratings, 1–5; null without any. */
  rating: number | null;
  /** How many rated at all. */
  rated: number;
  ratings: Record<Rating, number>;
  types: Record<FeedbackType, number>;
  /** When the first and the last of it came, milliseconds since 1970; null without any. */
  firstAt: number | null;
  lastAt: number | null;
}

/** Feedback on one version in one phase; both null where it was not said. */
export interface FeedbackGroup extends FeedbackStats {
  phase: string | null;
  version: string | null;
}

/** What of the feedback is meant; a field left out means all. Moments on the store's clock. */
export interface FeedbackFilter {
  phase?: string;
  version?: string;
  from?: number;
  to?: number;
}

export function selectFeedback(
  given: readonly GivenFeedback[],
  {phase, version, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY}: FeedbackFilter,
): GivenFeedback[] {
  return given.filter(
    one =>
      (phase === undefined || one.phase === phase) &&
      (version === undefined || one.version === version) &&
      one.at >= from &&
      one.at <= to,
  );
}

export function feedbackStats(
  given: readonly Pick<GivenFeedback, 'type' | 'rating' | 'at'>[],
): FeedbackStats {
  const ratings: FeedbackStats['ratings'] = {1: 0, 2: 0, 3: 0, 4: 0, 5: 0};
  const types: FeedbackStats['types'] = {bug: 0, suggestion: 0, experience: 0, performance: 0};
  let firstAt: number | null = null;
  let lastAt: number | null = null;
  for (const {type, rating, at} of given) {
    types[type]++;
    if (rating !== null) ratings[rating]++;
    if (firstAt === null || at < firstAt) firstAt = at;
    if (lastAt === null || at > lastAt) lastAt = at;
  }
  const rated = RATINGS.reduce((sum, rating) => sum + ratings[rating], 0);
  const points = RATINGS.reduce((sum, rating) => sum + rating * ratings[rating], 0);
  return {
    count: given.length,
    rating: rated === 0 ? null : points / rated,
    rated,
    ratings,
    types,
    firstAt,
    lastAt,
  };
}

/** The same for each phase and version there is, in the order in which they were first spoken of. */
export function feedbackGroups(given: readonly GivenFeedback[]): FeedbackGroup[] {
  const groups = new Map<string, GivenFeedback[]>();
  for (const one of given.toSorted((a, b) => a.at - b.at)) {
    const key = JSON.stringify([one.phase, one.version]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].map(group => ({
    phase: group[0]?.phase ?? null,
    version: group[0]?.version ?? null,
    ...feedbackStats(group),
  }));
}
