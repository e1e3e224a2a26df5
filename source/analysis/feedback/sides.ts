import type {Side} from '../numbers.ts';
import type {Feedback, GivenFeedback} from './feedback.ts';
import {feedbackStats} from './stats.ts';

/** The metrics that feedback tells. `bug_reports` counts what came within the window. */
export const FEEDBACK_METRICS = ['user_satisfaction', 'bug_reports'] as const;
export type FeedbackMetric = (typeof FEEDBACK_METRICS)[number];

/** The release that feedback is weighed for. */
export interface FeedbackTarget {
  /** Version on gray, and the one on prod where it is known. */
  version: string;
  prodVersion: string | null;
  /** Names of its phases. */
  phases: readonly string[];
  /** When it began: what was said before is about another attempt. The store's clock, milliseconds since 1970. */
  startedAt: number;
}

/** A number of one side over a window. */
export interface FeedbackNumber {
  /** Null: there is no rating. */
  value: number | null;
  /** Ratings or reports it is made of. */
  samples: number;
}

/**
 * Whose version a person speaks of. Where none is named, one who was in a phase of the release had gray: prod has no
 * phases. Null: of neither.
 */
export function sideOfFeedback(
  {version, phase}: Pick<Feedback, 'version' | 'phase'>,
  target: FeedbackTarget,
): Side | null {
  if (version === null) return phase !== null && target.phases.includes(phase) ? 'gray' : null;
  if (version === target.version) return 'gray';
  return version === target.prodVersion ? 'prod' : null;
}

/**
 * A metric of both sides in the last `overMs` before `at`, from the start of the release on: people take hours to say
 * what they think, so a change of the percentage begins nothing anew. No bug report is a count of 0; no rating is no
 * number.
 */
export function feedbackNumbers(
  given: readonly Pick<GivenFeedback, 'type' | 'rating' | 'version' | 'phase' | 'at'>[],
  metric: FeedbackMetric,
  target: FeedbackTarget,
  at: number,
  overMs: number,
): Record<Side, FeedbackNumber> {
  const from = Math.max(target.startedAt, at - overMs);
  const within = given.filter(one => one.at >= from && one.at <= at);
  const numberOf = (side: Side): FeedbackNumber => {
    const ours = within.filter(one => sideOfFeedback(one, target) === side);
    if (metric === 'bug_reports') {
      const bugs = ours.filter(({type}) => type === 'bug').length;
      return {value: bugs, samples: bugs};
    }
    const {rating, rated} = feedbackStats(ours);
    return {value: rating, samples: rated};
  };
  return {prod: numberOf('prod'), gray: numberOf('gray')};
}
