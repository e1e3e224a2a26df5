import {startOf} from '../../release/well-formed.ts';

/** What people's feedback is about. */
export const FEEDBACK_TYPES = ['bug', 'suggestion', 'experience', 'performance'] as const;
export type FeedbackType = (typeof FEEDBACK_TYPES)[number];

export type Rating = 1 | 2 | 3 | 4 | 5;
export const RATINGS: readonly Rating[] = [1, 2, 3, 4, 5];

/** What a person said of a version. All of its text came from outside: `plainText` before a terminal sees it. */
export interface Feedback {
  type: FeedbackType;
  message: string;
  /** 1 is worst, 5 best; null: not rated. */
  rating: Rating | null;
  /** Phase and version the person was served; null: not said. */
  phase: string | null;
  version: string | null;
  /** Who said it, as the app calls its users; null: not said. */
  user: string | null;
}

/** Feedback with the moment it reached the store, its clock, milliseconds since 1970. */
export interface GivenFeedback extends Feedback {
  at: number;
}

/** Longest message, and longest name of a phase, version or user, in UTF-16 units. */
export const LONGEST_MESSAGE = 4000;
export const LONGEST_FEEDBACK_NAME = 128;
/** Longest text of an entry that is read. */
const LONGEST_TEXT = 65_536;

/** The text of an entry in the store: the fields of the HTTP interface. */
export function encodeFeedback({type, message, rating, phase, version, user}: Feedback): string {
  return JSON.stringify({
    type,
    message,
    ...(rating === null ? {} : {rating}),
    ...(phase === null ? {} : {deployment_phase: phase}),
    ...(version === null ? {} : {deployment_version: version}),
    ...(user === null ? {} : {user_id: user}),
  });
}

/**
 * Reads an entry that any app may have written: type and message must be there, what else does not fit is taken as not
 * said, and what is too long is cut. Null: it is no feedback.
 */
export function decodeFeedback(text: string): Feedback | null {
  if (text.length > LONGEST_TEXT) return null;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const {type, message, rating, deployment_phase, deployment_version, user_id} = read as Record<
    string,
    unknown
  >;
  const known = FEEDBACK_TYPES.find(one => one === type);
  if (known === undefined || typeof message !== 'string') return null;
  return {
    type: known,
    message: startOf(message, LONGEST_MESSAGE),
    rating: RATINGS.find(one => one === rating) ?? null,
    phase: nameOf(deployment_phase),
    version: nameOf(deployment_version),
    user: nameOf(user_id),
  };
}

/** Entries of the store as feedback, and how many of them were none. */
export function readFeedback(entries: readonly {at: number; text: string}[]): {
  given: GivenFeedback[];
  junk: number;
} {
  const given: GivenFeedback[] = [];
  for (const {at, text} of entries) {
    const feedback = decodeFeedback(text);
    if (feedback !== null) given.push({...feedback, at});
  }
  return {given, junk: entries.length - given.length};
}

/** Ids of users may be numbers where an app has them so. */
function nameOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? startOf(text, LONGEST_FEEDBACK_NAME) : null;
}
