import {FEEDBACK_TYPES, RATINGS, type Feedback, type FeedbackType} from '../../analysis/feedback/feedback.ts';
import {aboutNow} from '../../analysis/feedback/about.ts';
import type {State} from '../../release/state.ts';
import {EMPTY_FIELD, textOf} from './field.ts';
import type {Dialog, Ui} from '../ui.ts';

/** Feedback that is being given: first what it is, then how good it was, then the words. */
export type FeedbackDialog = Extract<Dialog, {kind: 'feedback'}>;

/** The key of each type. */
export const TYPE_KEYS: Readonly<Record<FeedbackType, string>> = {
  bug: 'b',
  suggestion: 's',
  experience: 'e',
  performance: 'p',
};

/** An empty one on what runs now; who it is about stays the same while it is written. */
export function emptyFeedback(state: State): FeedbackDialog {
  const {phase, version} = aboutNow(state);
  return {
    kind: 'feedback',
    phase,
    version,
    type: null,
    rating: null,
    field: EMPTY_FIELD,
    error: null,
    isSent: false,
  };
}

/** A key that chooses: the first letter of the type, the figure of the rating. */
export function feedbackPicked(ui: Ui, dialog: FeedbackDialog, key: string): Ui {
  if (dialog.type === null) {
    const type = FEEDBACK_TYPES.find(one => TYPE_KEYS[one] === key);
    return type === undefined ? ui : {...ui, dialog: {...dialog, type}};
  }
  const rating = RATINGS.find(one => String(one) === key);
  return rating === undefined ? ui : {...ui, dialog: {...dialog, rating}};
}

/** One step back, without losing the words; null: there is none. */
export function feedbackBack(dialog: FeedbackDialog): FeedbackDialog | null {
  if (dialog.isSent || dialog.type === null) return null;
  return dialog.rating === null ? {...dialog, type: null} : {...dialog, rating: null, error: null};
}

/** What was written; null while something is missing. */
export function feedbackOf({type, rating, phase, version, field}: FeedbackDialog): Feedback | null {
  const message = textOf(field).trim();
  if (type === null || rating === null || message === '') return null;
  return {type, rating, message, phase, version, user: null};
}
