import {RATINGS, type GivenFeedback} from './feedback.ts';
import {
  feedbackGroups,
  feedbackStats,
  type FeedbackFilter,
  type FeedbackGroup,
  type FeedbackStats,
} from './stats.ts';

/** What was asked of whose feedback. */
export interface FeedbackQuestion extends FeedbackFilter {
  feature: string;
}

/** `graydeck.feedback-stats/1`: the same by the verb and by HTTP. Moments in milliseconds since 1970. */
export function statsDocument(
  {feature, phase, version, from}: FeedbackQuestion,
  given: readonly GivenFeedback[],
) {
  return {
    schema: 'graydeck.feedback-stats/1',
    feature,
    deployment_phase: phase ?? null,
    deployment_version: version ?? null,
    since: from ?? null,
    ...statsFields(feedbackStats(given)),
    groups: feedbackGroups(given).map(groupFields),
  } as const;
}

/** `graydeck.feedback-report/1`: the numbers with the words, newest first. */
export function reportDocument(question: FeedbackQuestion, given: readonly GivenFeedback[], most: number) {
  return {
    ...statsDocument(question, given),
    schema: 'graydeck.feedback-report/1',
    feedback: given
      .toSorted((a, b) => b.at - a.at)
      .slice(0, most)
      .map(({at, type, rating, phase, version, user, message}) => ({
        at,
        type,
        rating,
        deployment_phase: phase,
        deployment_version: version,
        user_id: user,
        message,
      })),
  } as const;
}

function groupFields({phase, version, ...stats}: FeedbackGroup) {
  return {deployment_phase: phase, deployment_version: version, ...statsFields(stats)};
}

function statsFields({count, rating, rated, ratings, types, firstAt, lastAt}: FeedbackStats) {
  return {
    count,
    rating: rating === null ? null : Math.round(rating * 100) / 100,
    rated,
    ratings: Object.fromEntries(RATINGS.map(one => [String(one), ratings[one]])),
    types,
    firstAt,
    lastAt,
  };
}
