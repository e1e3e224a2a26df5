import {decider, dependsOnTime, type Decide, type Decision, type Standing} from '../audience/decide.ts';
import type {Asked} from '../audience/forced.ts';
import type {CustomRules, User} from '../audience/rule.ts';
import {SCHEMA, type Commit} from '../release/commit.ts';
import {deriveSplit} from '../release/derive-split.ts';
import type {Split} from '../release/split.ts';
import {initialState} from '../release/state.ts';
import type {RouterReport} from '../store/port.ts';

/** The part of a commit that a router keeps. */
export type Known = Pick<Commit, 'version' | 'id' | 'split'>;

/** Most releases seen rolled back that are remembered. Newer ones replace the oldest. */
export const MOST_SEEN = 1000;
/** Bound on exposure that is reported for `whenStale: keep`, which has none: one day, in milliseconds. */
const NO_BOUND_MS = 86_400_000;

/**
 * State of one router of one feature, and its decisions. Each change builds a new function that decides. A
 * decision itself allocates nothing and never throws.
 */
export class Routing {
  readonly #custom: CustomRules;
  readonly #now: () => number;
  readonly #fault: Decision;
  readonly #seen = new Set<string>();
  #known: Known | null = null;
  /** The split of a log without commits. */
  readonly #empty: Known;
  #isStale = true;
  #isLatched = false;
  #isNoticed = false;
  #standing: Standing = 'unknown';
  #decide: Decide;
  #dependsOnTime = false;
  /** Split and standing that decisions follow, as text; what changes neither changes no decision. */
  #basis = '';
  #since = 0;
  readonly #watchers = new Set<() => void>();
  /** Number of decisions answered with prod because the input or the split threw an error. */
  faults = 0;

  /** @param now the store's clock, milliseconds since 1970 */
  constructor(feature: string, custom: CustomRules, now: () => number) {
    this.#custom = custom;
    this.#now = now;
    this.#empty = {version: 0, id: '', split: deriveSplit(initialState(feature))};
    const fault = {side: 'prod', reason: 'fault', cohort: 'outside'} as const;
    this.#fault = Object.freeze({...fault, version: 0, release: null});
    this.#decide = decider(this.#empty, 'unknown');
  }

  /** Decides for one user. Synchronous, and returns a decision for any input. */
  decide(user: User, asked?: Asked): Decision {
    try {
      return this.#decide(user, this.#dependsOnTime ? this.#now() : 0, asked);
    } catch {
      this.faults++;
      return this.#fault;
    }
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** The known split; null if none is known. */
  get split(): Split | null {
    return this.#known?.split ?? null;
  }

  get known(): Known | null {
    return this.#known;
  }

  /** Whether an offline rollback on this host waits for the store. */
  get isLatched(): boolean {
    return this.#isLatched;
  }

  get version(): number {
    return this.#known?.version ?? 0;
  }

  /** Log version from which on decisions have followed this split and standing; 0 if none is known. */
  get since(): number {
    return this.#since;
  }

  /** Calls the function after each change that may change decisions. @returns a function that ends this */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  get rolledBack(): string[] {
    return [...this.#seen];
  }

  /** Sets the newest commit; null if the log is empty. */
  apply(commit: (Known & {minReader?: number}) | null): void {
    const known = commit ?? this.#empty;
    // A split of a newer schema may lack anything. Then everyone gets prod, which is always safe.
    const {schema, rolledBack, staleAfterMs} = (known.split ?? {}) as Partial<Split>;
    const isKept = Array.isArray(rolledBack);
    if (isKept) this.remember(rolledBack);
    const isReadable = isKept && ((commit?.minReader ?? SCHEMA) <= SCHEMA || schema === 1);
    this.#known =
      isReadable && isBound(staleAfterMs) ? known : {...this.#empty, version: known.version, id: known.id};
    this.#renew();
  }

  /** Remembers releases as rolled back. Their gray is never served again. */
  remember(releases: readonly unknown[]): void {
    for (const release of releases) if (typeof release === 'string') this.#seen.add(release);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MOST_SEEN) break;
      this.#seen.delete(oldest);
    }
  }

  /** Sets whether the store has taken no report for too long. */
  setStale(isStale: boolean): void {
    if (isStale === this.#isStale) return;
    this.#isStale = isStale;
    this.#renew();
  }

  /** Sets whether an offline rollback on this host waits for the store. */
  setLatched(isLatched: boolean): void {
    if (isLatched === this.#isLatched) return;
    this.#isLatched = isLatched;
    this.#renew();
  }

  /**
   * Whether a notification says that the release is rolled back, and the log has not been read since: prod until then. It is not
   * remembered, because anyone with the right to publish can say so.
   */
  setNoticed(isNoticed: boolean): void {
    if (isNoticed === this.#isNoticed) return;
    this.#isNoticed = isNoticed;
    this.#renew();
  }

  /** The report of the split that is applied now. */
  report(name: string): RouterReport {
    const {version, split} = this.#known ?? this.#empty;
    const isObeyed = this.#standing === 'fresh' && split.live;
    return {
      name,
      kind: 'sdk',
      version,
      release: split.release,
      percent: isObeyed ? split.percent : 0,
      live: isObeyed,
      boundMs: split.live && split.whenStale === 'keep' ? NO_BOUND_MS : split.staleAfterMs,
    };
  }

  #renew(): void {
    const known = this.#known ?? this.#empty;
    this.#standing = this.#known === null ? 'unknown' : this.#standingOf(known.split);
    try {
      this.#decide = deciderOf(known, this.#standing, this.#custom);
      this.#dependsOnTime = dependsOnTime(known.split);
    } catch {
      // If the split cannot be read, everyone gets prod.
      this.faults++;
      this.#standing = 'unknown';
      this.#decide = decider({...this.#empty, version: known.version}, 'unknown');
      this.#dependsOnTime = false;
    }
    const basis = `${this.#standing} ${JSON.stringify(known.split)}`;
    if (basis === this.#basis) return;
    this.#basis = basis;
    this.#since = known.version;
    for (const onChange of this.#watchers) onChange();
  }

  #standingOf(split: Split): Standing {
    if (
      this.#isLatched ||
      this.#isNoticed ||
      (split.release !== null && split.live && this.#seen.has(split.release))
    )
      return 'rolled-back';
    return this.#isStale && split.whenStale !== 'keep' ? 'stale' : 'fresh';
  }
}

/** Decision functions by split, so that all routers of a process share one. */
const READ = new WeakMap<Split, {version: number; decide: Decide}>();

function deciderOf(known: Known, standing: Standing, custom: CustomRules): Decide {
  if (standing !== 'fresh' || Object.keys(custom).length > 0) return decider(known, standing, custom);
  const read = READ.get(known.split);
  if (read?.version === known.version) return read.decide;
  const decide = decider(known);
  READ.set(known.split, {version: known.version, decide});
  return decide;
}

/**
 * Whether a value can be `staleAfterMs`: more than 0 and at most a day. Otherwise the router might never
 * become stale.
 */
function isBound(ms: unknown): boolean {
  return typeof ms === 'number' && ms > 0 && ms <= NO_BOUND_MS;
}
