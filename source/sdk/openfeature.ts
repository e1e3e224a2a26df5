/**
 * A server-side provider for OpenFeature. A feature is a flag. Boolean: whether this user gets gray. String:
 * `gray` or `prod`. An evaluation waits only for the first split of a feature.
 * @packageDocumentation
 */
import type {
  AnyProviderEvent,
  ErrorCode,
  EvaluationContext,
  EventHandler,
  JsonValue,
  Provider,
  ProviderEventEmitter,
  ResolutionDetails,
  TrackingEventDetails,
} from '@openfeature/server-sdk';
import {FLAG_REASONS, type Decision} from '../audience/decide.ts';
import {isFeatureName, own} from '../release/name.ts';
import {connect} from './connect.ts';
import type {Deck} from './deck.ts';
import type {Feature} from './feature.ts';
import type {DeckOptions, FeatureOptions} from './options.ts';

export interface ProviderOptions extends DeckOptions {
  /** A connected deck. Its owner closes it. The other connection options are then ignored. */
  deck?: Deck;
  /**
   * Features whose split must be known before the provider is ready. Of other features at most 100 are
   * followed, each from its first evaluation. Flag keys may come from outside, and each followed feature
   * costs a connection's work.
   */
  features?: readonly string[];
  /** Custom predicates by the feature's name. */
  custom?: Readonly<Record<string, NonNullable<FeatureOptions['custom']>>>;
}

/** Most features that are followed without being named in the options. */
const UNNAMED_AT_MOST = 100;
/** Most milliseconds that an evaluation waits for the first split of a feature. */
const READY_WITHIN_MS = 1000;

type Emitter = ProviderEventEmitter<AnyProviderEvent>;

/** Events of the provider. The emitter of the SDK would be the only thing for which the SDK itself is loaded. */
class ProviderEvents implements Emitter {
  readonly #handlers = new Map<AnyProviderEvent, EventHandler[]>();

  emit(event: AnyProviderEvent, details?: Parameters<Emitter['emit']>[1]): void {
    // The SDK adds the name of the provider.
    for (const handler of this.getHandlers(event)) void handler(details as Parameters<EventHandler>[0]);
  }

  addHandler(event: AnyProviderEvent, handler: EventHandler): void {
    this.#handlers.set(event, [...this.getHandlers(event), handler]);
  }

  removeHandler(event: AnyProviderEvent, handler: EventHandler): void {
    this.#handlers.set(
      event,
      this.getHandlers(event).filter(one => one !== handler),
    );
  }

  removeAllHandlers(event?: AnyProviderEvent): void {
    if (event === undefined) this.#handlers.clear();
    else this.#handlers.delete(event);
  }

  getHandlers(event: AnyProviderEvent): EventHandler[] {
    return this.#handlers.get(event) ?? [];
  }

  /** Nothing is logged here: a handler that fails is logged by the SDK. */
  setLogger(): this {
    return this;
  }
}

/** Provider for `OpenFeature.setProviderAndWait(new GraydeckProvider({store}))`. */
export class GraydeckProvider implements Provider {
  readonly metadata = {name: 'graydeck'} as const;
  readonly runsOn = 'server';
  /** Says `PROVIDER_CONFIGURATION_CHANGED` with the names of the features whose decisions may have changed. */
  readonly events = new ProviderEvents();
  readonly #options: ProviderOptions;
  readonly #unnamed = new Set<string>();
  readonly #asked = new Map<string, Promise<unknown>>();
  readonly #followed = new Map<string, Feature>();
  readonly #unwatch: (() => void)[] = [];
  #deck: Promise<Deck> | null = null;

  constructor(options: ProviderOptions = {}) {
    this.#options = options;
  }

  /** Connects and waits for the named features. @throws as `connect` */
  async initialize(): Promise<void> {
    await this.#connected();
    await Promise.all((this.#options.features ?? []).map(name => this.#known(name)));
  }

  async onClose(): Promise<void> {
    const deck = this.#deck;
    this.#deck = null;
    this.#asked.clear();
    this.#followed.clear();
    this.#unnamed.clear();
    for (const stop of this.#unwatch.splice(0)) stop();
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
      const message = `${UNNAMED_AT_MOST} features outside \`features\` are followed already, which is the limit: add this one to \`features\``;
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
      reason: FLAG_REASONS[reason],
      flagMetadata: {reason, cohort, version, ...(release === null ? {} : {release})},
    };
  }

  /**
   * Records what came of a decision. Never throws. `client.track('new_payment', context, {requests: 1,
   * errors: 0, response_time: 87})` measures one feature. `client.track('conversions', context)` adds 1, or
   * `value`, to every feature that was evaluated or named. The user is the targeting key, and is decided on
   * again by the current split.
   */
  track(
    name: string,
    {targetingKey, ...attributes}: EvaluationContext,
    details?: TrackingEventDetails,
  ): void {
    const {value = 1, ...rest} = details ?? {};
    const feature = this.#followed.get(name);
    const numbers = Object.entries(rest).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    const measured = feature === undefined ? {[name]: value} : Object.fromEntries(numbers);
    for (const one of feature === undefined ? this.#followed.values() : [feature]) {
      const bucketBy = one.bucketBy();
      // Evidence counts what is placed as one.
      const unit = bucketBy === null ? targetingKey : attributes[bucketBy];
      const user = typeof unit === 'string' || typeof unit === 'number' ? {user: unit} : {};
      one.record(one.decide({...attributes, id: targetingKey ?? null}), {...measured, ...user});
    }
  }

  #mayFollow(name: string): boolean {
    const {features = [], custom = {}} = this.#options;
    if (features.includes(name) || Object.hasOwn(custom, name) || this.#unnamed.has(name)) return true;
    if (this.#unnamed.size >= UNNAMED_AT_MOST) return false;
    this.#unnamed.add(name);
    return true;
  }

  /** Returns the feature after its first split is known, or after 1 s. */
  async #known(name: string): Promise<Feature> {
    const custom = own(this.#options.custom, name);
    const deck = await this.#connected();
    const feature = deck.feature(name, custom === undefined ? {} : {custom});
    const asked = this.#asked.get(name) ?? feature.ready(READY_WITHIN_MS);
    this.#asked.set(name, asked);
    if (!this.#followed.has(name)) {
      this.#followed.set(name, feature);
      this.#unwatch.push(feature.watch(() => this.#changed(name)));
    }
    await asked;
    return feature;
  }

  #changed(name: string): void {
    this.events.emit('PROVIDER_CONFIGURATION_CHANGED' as AnyProviderEvent, {flagsChanged: [name]});
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
