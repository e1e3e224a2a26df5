/**
 * SDK for applications: decides for each user which side serves the request, and records the result.
 * @packageDocumentation
 */
export {connect} from './connect.ts';
export {errorName} from '../analysis/fingerprint.ts';
export {headerText} from '../audience/as-sent.ts';

export type {Decision} from '../audience/decide.ts';
export type {Asked} from '../audience/forced.ts';
export type {CustomRules, User} from '../audience/rule.ts';
export type {Deck} from './deck.ts';
export type {Feature, FeatureHealth} from './feature.ts';
export type {MiddlewareOptions} from './middleware.ts';
export type {DeckOptions, FeatureOptions, MetricsRegistry} from './options.ts';
export type {UserFeedback} from './feedback-queue.ts';
export type {Measurement} from './tally.ts';
