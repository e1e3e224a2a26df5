/**
 * A provider for OpenFeature on a server: a feature under gray as a flag. Boolean: whether this user gets gray;
 * string: `gray` or `prod`. It waits for nothing but the first news of a feature.
 *
 * @packageDocumentation
 */
import type {
  ErrorCode,
  EvaluationContext,
  JsonValue,
  Provider,
  ResolutionDetails,
} from '@openfeature/server-sdk';
import type {Decision} from '../audience/decide.ts';
import {isFeatureName} from '../release/name.ts';
import {connect} from './connect.ts';
import type {Deck} from './deck.ts';
import type {Feature} from './feature.ts';
import type {DeckOptions, FeatureOptions} from './options.ts';
import {own} from '../release/own.ts';

export interface ProviderOptions extends DeckOptions {
  /** A deck that is connected already, and closed by whoever connected it. The other options then mean nothing. */
  deck?: Deck;
  /**
   * Features whose split is to be known before the provider is ready. Of others at most a hundred are followed, each from
   * its first evaluation on: a key may come from anywhere, and what is followed costs.
   */
  features?: readonly string[];
  /** Predicates of features, by the feature's name. */
  custom?: Readonly<Record<string, NonNullable<FeatureOptions['custom']>>>;
}

/** Features that nobody has named and that are followed all the same. */
const UNNAMED_AT_MOST = 100;
/** Until the first news of a feature, in milliseconds. */
const READY_WITHIN_MS = 1000;

const REASONS: Readonly<Record<Decision['reason'], string>> = {
  percent: 'SPLIT',
  forced: 'TARGETING_MATCH',
  denied: 'TARGETING_MATCH',
  included: 'TARGETING_MATCH',
  outside: 'TARGETING_MATCH',
  anonymous: 'DEFAULT',
  'not-live': 'DISABLED',
  'rolled-back': 'DISABLED',
  stale: 'STALE',
  unknown: 'ERROR',
  fault: 'ERROR',
};

/** `await OpenFeature.setProviderAndWait(new GraydeckProvider({store}))`. */
export class GraydeckProvider implements Provider {
  readonly metadata = {name: 'graydeck'} as const;
  readonly runsOn = 'server';
  readonly #options: ProviderOptions;
  readonly #unnamed = new Set<string>();
  readonly #asked = new Map<string, Promise<unknown>>();
  #deck: Promise<Deck> | null = null;

  constructor(options: ProviderOptions = {}) {
    this.#options = options;
  }

  /** @throws as `connect` */
  async initialize(): Promise<void> {
    await this.#connected();
    await Promise.all((this.#options.features ?? []).map(name => this.#known(name)));
  }

  async onClose(): Promise<void> {
    const deck = this.#deck;
    this.#deck = null;
    this.#asked.clear();
    this.#unnamed.clear();
    if (deck !== null && this.#options.deck === undefined) await (await deck).close();
  }

  async resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return await this.#resolve(flagKey, defaultValue, context, side => side === 'gray');
  }

  async resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return await this.#resolve<string>(flagKey, defaultValue, context, side => side);
  }

  async resolveNumberEvaluation(_: string, defaultValue: number): Promise<ResolutionDetails<number>> {
    return await Promise.resolve(mismatch(defaultValue));
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    _: string,
    defaultValue: T,
  ): Promise<ResolutionDetails<T>> {
    return await Promise.resolve(mismatch(defaultValue));
  }

  async #resolve<T>(
    name: string,
    otherwise: T,
    {targetingKey, ...attributes}: EvaluationContext,
    valueOf: (side: Decision['side']) => T,
  ): Promise<ResolutionDetails<T>> {
    if (!isFeatureName(name)) return failed(otherwise, 'FLAG_NOT_FOUND', 'no feature can have this name');
    if (!this.#mayFollow(name)) {
      const message = `${UNNAMED_AT_MOST} features are followed that nobody has named: add this one to \`features\``;
      return failed(otherwise, 'GENERAL', message);
    }
    const feature = await this.#known(name);
    const {side, reason, cohort, version, release} = feature.decide({
      ...attributes,
      id: targetingKey ?? null,
    });
    if (reason === 'unknown') return failed(otherwise, 'PROVIDER_NOT_READY', 'no split is known yet');
    if (reason === 'fault') return failed(otherwise, 'GENERAL', 'the context cannot be used');
    if (version === 0) return failed(otherwise, 'FLAG_NOT_FOUND', 'this feature was never released');
    return {
      value: valueOf(side),
      variant: side,
      reason: REASONS[reason],
      flagMetadata: {reason, cohort, version, ...(release === null ? {} : {release})},
    };
  }

  #mayFollow(name: string): boolean {
    const {features = [], custom = {}} = this.#options;
    if (features.includes(name) || Object.hasOwn(custom, name) || this.#unnamed.has(name)) return true;
    if (this.#unnamed.size >= UNNAMED_AT_MOST) return false;
    this.#unnamed.add(name);
    return true;
  }

  /** The feature, once there was news of it or time enough for that. */
  async #known(name: string): Promise<Feature> {
    const custom = own(this.#options.custom, name);
    const deck = await this.#connected();
    const feature = deck.feature(name, custom === undefined ? {} : {custom});
    const asked = this.#asked.get(name) ?? feature.ready(READY_WITHIN_MS);
    this.#asked.set(name, asked);
    await asked;
    return feature;
  }

  #connected(): Promise<Deck> {
    this.#deck ??=
      this.#options.deck === undefined ? connect(this.#options) : Promise.resolve(this.#options.deck);
    return this.#deck;
  }
}

function mismatch<T>(value: T): ResolutionDetails<T> {
  return failed(value, 'TYPE_MISMATCH', 'a feature is a boolean, or a string: gray or prod');
}

function failed<T>(value: T, code: `${ErrorCode}`, errorMessage: string): ResolutionDetails<T> {
  return {value, reason: 'ERROR', errorCode: code as ErrorCode, errorMessage};
}
