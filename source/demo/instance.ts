import {decider, type Decide} from '../audience/decide.ts';
import type {Commit} from '../release/commit.ts';
import {Batches} from '../sdk/batches.ts';
import type {RouterReport} from '../store/port.ts';
import {POPULATION, arrivals, behaviourOf, requestsPerSecond, responseTime, userOf} from './behaviour.ts';

/**
 * One process of the simulated service. It decides for each user by its split, and measures as an application
 * does.
 */
export class Instance {
  readonly name: string;
  readonly #random: () => number;
  readonly #batches: Batches;
  #commit: Commit | null = null;
  #decide: Decide | null = null;

  constructor(name: string, feature: string, random: () => number) {
    this.name = name;
    this.#random = random;
    this.#batches = new Batches({
      instance: name,
      kinds: {distributions: new Set(), gauges: new Set()},
      feature,
      split: () => ({version: this.#commit?.version ?? 0, split: this.#commit?.split ?? null}),
    });
  }

  /** Applies the split of a commit. Older commits are ignored. */
  apply(commit: Commit): void {
    if (commit.version <= (this.#commit?.version ?? 0)) return;
    this.#commit = commit;
    this.#decide = decider({split: commit.split, version: commit.version});
  }

  report(): RouterReport {
    const split = this.#commit?.split;
    return {
      name: `demo ${this.name}`,
      kind: 'demo',
      version: this.#commit?.version ?? 0,
      release: split?.release ?? null,
      percent: split?.percent ?? 0,
      live: split?.live ?? false,
      boundMs: split?.staleAfterMs ?? 0,
    };
  }

  /** Serves the requests of `ms` milliseconds before `now`, of which this instance gets `share`. */
  serve(now: number, ms: number, share: number, failingSince: number | null): void {
    const random = this.#random;
    const happens = (part: number) => (random() < part ? 1 : 0);
    for (let left = arrivals((requestsPerSecond(now) * share * ms) / 1000, random); left > 0; left--) {
      const user = userOf(Math.floor(random() * POPULATION));
      const decision = this.#decide?.(user, now) ?? UNDECIDED;
      const behaviour = behaviourOf(decision.side, now, failingSince);
      const measured = {
        requests: 1,
        errors: happens(behaviour.errors),
        unavailable: happens(behaviour.unavailable),
        conversions: happens(behaviour.conversions),
        response_time: responseTime(behaviour, random),
        user: user.id,
      };
      this.#batches.record(decision, measured, now - ms / 2);
    }
  }

  /** Writes the measurements as entries. Entries that the store did not take are written again. */
  async flush(now: number, write: (entries: string[][]) => Promise<void>): Promise<void> {
    this.#batches.flush(now, false);
    const {entries, last} = this.#batches.next(now);
    if (entries.length === 0) return;
    await write(entries);
    this.#batches.taken(last);
  }
}

const UNDECIDED = {side: 'prod', reason: 'unknown', cohort: 'eligible', version: 0, release: null} as const;
