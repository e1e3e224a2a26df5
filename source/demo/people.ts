import {encodeFeedback, type Feedback, type Rating} from '../analysis/feedback/feedback.ts';
import type {Side} from '../analysis/numbers.ts';
import type {Split} from '../release/split.ts';

type Words = readonly (readonly [type: Feedback['type'], rating: Rating, message: string])[];

const ABOUT_PROD: Words = [
  ['experience', 4, 'works as always'],
  ['suggestion', 3, 'could the receipt be sent by mail?'],
  ['performance', 4, 'quick enough'],
];
const ABOUT_GRAY: Words = [
  ['experience', 5, 'the new payment page is much clearer'],
  ['performance', 5, 'feels faster than before'],
  ['suggestion', 4, 'please keep the old shortcuts'],
];
const ABOUT_FAILING: Words = [
  ['bug', 1, 'the payment was declined, but the money is gone'],
  ['bug', 1, 'the button does nothing'],
  ['performance', 2, 'it takes ages to confirm'],
];

/** Feedback of a simulated user, encoded; null if no version is known for the side. */
export function saying(side: Side, split: Split, isFailing: boolean, random: () => number): string | null {
  const version = side === 'gray' ? split.gray : split.prod;
  if (version === null || (side === 'gray' && !split.live)) return null;
  const words = side === 'prod' ? ABOUT_PROD : isFailing ? ABOUT_FAILING : ABOUT_GRAY;
  const chosen = words[Math.floor(random() * words.length)];
  if (chosen === undefined) return null;
  const [type, rating, message] = chosen;
  return encodeFeedback({type, rating, message, version, phase: null, user: null});
}
