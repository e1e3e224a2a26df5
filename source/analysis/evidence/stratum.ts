import {beyond, type Limits} from './limits.ts';
import type {EvidenceTick, SideTick} from './tick.ts';

/** A stratum is over once both sides have something and there are so many requests, or it is so long. */
const ENOUGH_REQUESTS = 20;
const ENOUGH_SECONDS = 5;
/** The answers of a person that count: the slowest, the third, the tenth slowest. */
export const RANKS = ['slowest', 'third', 'tenth'] as const;

/** Events of a side: failures, conversions, then for each limit the requests slower than it. */
export function eventsOf({errors, conversions, hist}: SideTick, limits: Limits): number[] {
  return [errors, conversions, ...limits.buckets.map(bucket => beyond(hist, bucket))];
}

/** People of a side who count: who failed, who converted, then by limit and rank whose answers went beyond it. */
export function peopleOf({people}: SideTick, limits: Limits): number[] {
  const {failed = 0, converted = 0} = people ?? {};
  const counts = [failed, converted];
  // A person moves up only: what is left over beyond a limit is who crossed it.
  for (const bucket of limits.buckets)
    for (const rank of RANKS) counts.push(Math.max(0, beyond(people?.[rank] ?? [], bucket)));
  return counts;
}

/** What a side did in a stratum; lists as above. */
class SideSums {
  requests = 0;
  readonly events: number[] = [];
  readonly people: number[] = [];

  add(side: SideTick, limits: Limits): void {
    this.requests += side.requests;
    addAll(this.events, eventsOf(side, limits));
    if (side.people !== undefined) addAll(this.people, peopleOf(side, limits));
  }

  clear(): void {
    this.requests = 0;
    this.events.length = 0;
    this.people.length = 0;
  }
}

function addAll(sums: number[], more: readonly number[]): void {
  for (let i = 0; i < more.length; i++) sums[i] = (sums[i] ?? 0) + (more[i] ?? 0);
}

/**
 * A stretch of time in which both sides are compared. Rates may differ from one to the next as they like: drift says
 * nothing. It runs until both sides have something, so that thin traffic counts as well.
 */
export class Stratum {
  readonly gray = new SideSums();
  readonly prod = new SideSums();
  seconds = 0;
  /** The second it begins with. */
  from = Number.NaN;

  get isWhole(): boolean {
    if (this.gray.requests <= 0 || this.prod.requests <= 0) return false;
    return this.gray.requests + this.prod.requests >= ENOUGH_REQUESTS || this.seconds >= ENOUGH_SECONDS;
  }

  add({t, gray, prod}: EvidenceTick, seconds: number, limits: Limits): void {
    if (this.seconds === 0) this.from = t;
    this.seconds += seconds;
    this.gray.add(gray, limits);
    this.prod.add(prod, limits);
  }

  clear(): void {
    this.seconds = 0;
    this.from = Number.NaN;
    this.gray.clear();
    this.prod.clear();
  }
}
