import {COHORTS, SIDES, type Cohort, type Side} from '../analysis/numbers.ts';
import {placer, type User} from '../audience/place.ts';
import type {Commit} from '../release/commit.ts';
import type {RouterReport} from '../store/port.ts';
import {arrivals} from './random.ts';
import {behaviourOf, requestsPerSecond, responseTime} from './behaviour.ts';
import {Tally} from './tally.ts';
import {POPULATION, userOf} from './users.ts';

/** One process of the simulated service: places each user by the split it knows, and measures what came of it. */
export class Instance {
  readonly name: string;
  readonly #random: () => number;
  #commit: Commit | null = null;
  #place = placerOf(null);
  #sequence = 0;
  readonly #tallies = new Map<string, Tally>();

  constructor(name: string, random: () => number) {
    this.name = name;
    this.#random = random;
  }

  /** Takes over the split of a commit; older news than it has is ignored. */
  apply(commit: Commit): void {
    if (commit.version <= (this.#commit?.version ?? 0)) return;
    this.#commit = commit;
    this.#place = placerOf(commit);
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

  /** Serves what arrives in `ms` before `now`, of which this instance gets `share`. */
  serve(now: number, ms: number, share: number, failingSince: number | null): void {
    const random = this.#random;
    for (let left = arrivals((requestsPerSecond(now) * share * ms) / 1000, random); left > 0; left--) {
      const user = userOf(Math.floor(random() * POPULATION));
      const {side, cohort} = this.#place(user, now);
      const behaviour = behaviourOf(side, now, failingSince);
      const happens = (share: number) => (random() < share ? 1 : 0);
      const tally = this.#tallyOf(side, cohort);
      tally.count({
        requests: 1,
        errors: happens(behaviour.errors),
        unavailable: happens(behaviour.unavailable),
        conversions: happens(behaviour.conversions),
      });
      tally.serve(user.id, responseTime(behaviour, random));
    }
  }

  /** What was measured since the last time, as entries for the stream. `ageMs`: since the middle of that time. */
  flush(ageMs: number): string[][] {
    const entries: string[][] = [];
    for (const side of SIDES) {
      for (const cohort of COHORTS) {
        const tally = this.#tallies.get(`${side} ${cohort}`);
        if (tally === undefined || tally.isEmpty()) continue;
        this.#sequence += 1;
        const about = {side, cohort, instance: this.name, sequence: this.#sequence, ageMs};
        entries.push(tally.take(about, this.#commit));
      }
    }
    return entries;
  }

  #tallyOf(side: Side, cohort: Cohort): Tally {
    const key = `${side} ${cohort}`;
    const tally = this.#tallies.get(key) ?? new Tally();
    this.#tallies.set(key, tally);
    return tally;
  }
}

function placerOf(commit: Commit | null): (user: User, now: number) => {side: Side; cohort: Cohort} {
  return commit === null ? () => ({side: 'prod', cohort: 'eligible'}) : placer(commit.split);
}
