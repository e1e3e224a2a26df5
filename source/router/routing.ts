import {decider, dependsOnTime, type Decide, type Decision, type Standing} from '../audience/decide.ts';
import type {Asked} from '../audience/forced.ts';
import type {CustomRules, User} from '../audience/rule.ts';
import {SCHEMA, type Commit} from '../release/commit.ts';
import {deriveSplit} from '../release/derive-split.ts';
import type {Split} from '../release/split.ts';
import {initialState} from '../release/state.ts';
import type {RouterReport} from '../store/port.ts';

/** Of a commit, what a router keeps. */
export type Known = Pick<Commit, 'version' | 'id' | 'split'>;

/** Releases seen rolled back that are remembered: newer ones make room, and by then nobody writes of the oldest. */
export const MOST_SEEN = 1000;
/** A router that keeps gray when cut off has no bound; a day stands for it. */
const NO_BOUND_MS = 86_400_000;

/**
 * What one router of one feature knows, and what it answers by it. Any change makes a new function that decides; a
 * decision itself takes no memory and never throws.
 */
export class Routing {
  readonly #custom: CustomRules;
  readonly #now: () => number;
  readonly #fault: Decision;
  readonly #seen = new Set<string>();
  #known: Known | null = null;
  /** Of a log without any commit. */
  readonly #empty: Known;
  #isStale = true;
  #isLatched = false;
  #isNoticed = false;
  #standing: Standing = 'unknown';
  #decide: Decide;
  #dependsOnTime = false;
  /** Calls that were answered with prod because something in them, or in the split, threw. */
  faults = 0;

  /** @param now the store's clock, milliseconds since 1970. */
  constructor(feature: string, custom: CustomRules, now: () => number) {
    this.#custom = custom;
    this.#now = now;
    this.#empty = {version: 0, id: '', split: deriveSplit(initialState(feature))};
    const nobody = {side: 'prod', reason: 'fault', cohort: 'outside'} as const;
    this.#fault = Object.freeze({...nobody, version: 0, release: null});
    this.#decide = decider(this.#empty, 'unknown');
  }

  /** Decides for one user. Synchronous; whatever is given, the answer is a decision. */
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

  /** The split that is known; null before any is. */
  get split(): Split | null {
    return this.#known?.split ?? null;
  }

  get known(): Known | null {
    return this.#known;
  }

  /** Whether a rollback waits on this host for the store to come back. */
  get isLatched(): boolean {
    return this.#isLatched;
  }

  get version(): number {
    return this.#known?.version ?? 0;
  }

  get rolledBack(): string[] {
    return [...this.#seen];
  }

  /** Takes over the newest commit; null: the log is empty. */
  apply(commit: (Known & {minReader?: number}) | null): void {
    const known = commit ?? this.#empty;
    // Of a shape that came later nothing is known, not even that there is a split; prod is the side that cannot be wrong.
    const {schema, rolledBack, staleAfterMs} = (known.split ?? {}) as Partial<Split>;
    const isKept = Array.isArray(rolledBack);
    if (isKept) this.remember(rolledBack);
    const isReadable = isKept && ((commit?.minReader ?? SCHEMA) <= SCHEMA || schema === 1);
    this.#known =
      isReadable && isBound(staleAfterMs) ? known : {...this.#empty, version: known.version, id: known.id};
    this.#renew();
  }

  /** These releases were rolled back: their gray is never served again. */
  remember(releases: readonly unknown[]): void {
    for (const release of releases) if (typeof release === 'string') this.#seen.add(release);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= MOST_SEEN) break;
      this.#seen.delete(oldest);
    }
  }

  /** Whether the store has not taken this router's report for too long. */
  setStale(isStale: boolean): void {
    if (isStale === this.#isStale) return;
    this.#isStale = isStale;
    this.#renew();
  }

  /** Whether a rollback waits on this host for the store to come back. */
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

  /** What is applied now, for the report. */
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
      // A split that cannot be read: whoever wrote it, nobody gets gray by it.
      this.faults++;
      this.#standing = 'unknown';
      this.#decide = decider({...this.#empty, version: known.version}, 'unknown');
      this.#dependsOnTime = false;
    }
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

/** The newest split of a feature is read once, however many routers of this process have heard it. */
const READ = new WeakMap<Split, {version: number; decide: Decide}>();

function deciderOf(known: Known, standing: Standing, custom: CustomRules): Decide {
  if (standing !== 'fresh' || Object.keys(custom).length > 0) return decider(known, standing, custom);
  const read = READ.get(known.split);
  if (read?.version === known.version) return read.decide;
  const decide = decider(known);
  READ.set(known.split, {version: known.version, decide});
  return decide;
}

/** Whether it is a time after which a router can take itself for cut off: else it might never do so. */
function isBound(ms: unknown): boolean {
  return typeof ms === 'number' && ms > 0 && ms <= NO_BOUND_MS;
}
