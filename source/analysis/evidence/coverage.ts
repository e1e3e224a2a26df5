import type {EvidenceTick, PeopleTick, SideTick} from './tick.ts';

/** Part of a side's requests that must name a person, and seconds over which it is looked at. */
const COVERED = 0.95;
const MEMORY_SECONDS = 60;
/** What people are said to have done may lag behind the requests by so much. */
const SLACK = 5;
const SLACK_PART = 0.02;
/** Seconds for which a contradiction is told. */
const TOLD_SECONDS = 300;

/** What one side says about people. */
class SideCoverage {
  /** Of late: requests, and those that name a person. */
  late = 0;
  named = 0;
  /** Summed over the release, as the side says. */
  namedSoFar = 0;
  /** In the whole release: requests, errors, conversions; people seen, failed, converted. */
  readonly all = [0, 0, 0];
  readonly people = [0, 0, 0];

  get isCovered(): boolean {
    return this.named >= COVERED * this.late;
  }

  /** @returns whether what is said about people can be true */
  check(side: SideTick, keep: number): boolean {
    const {people, requests} = side;
    const isTrue = people === undefined || this.#canBe(side, people);
    this.late = this.late * keep + requests;
    this.named = this.named * keep + (people === undefined || !isTrue ? 0 : this.#namedBy(people, requests));
    return isTrue;
  }

  #namedBy(people: PeopleTick, requests: number): number {
    const soFar = people.requestsSoFar;
    if (soFar === undefined) return people.requests ?? requests;
    // A sum that falls has begun anew.
    const fresh = soFar < this.namedSoFar ? soFar : soFar - this.namedSoFar;
    this.namedSoFar = soFar;
    return Math.min(requests, fresh);
  }

  /** A person fails for the first time no more often than requests fail at all. */
  #canBe({requests, errors, conversions}: SideTick, people: PeopleTick): boolean {
    const {seen = 0, failed = 0, converted = 0, requests: named = 0, requestsSoFar = 0} = people;
    const news = [seen, failed, converted];
    for (const [i, more] of [requests, errors, conversions].entries())
      this.all[i] = (this.all[i] ?? 0) + more;
    if (![...news, named, requestsSoFar].every(isCount) || named > requests) return false;
    if (![people.slowest, people.third, people.tenth].every(changes => isChange(changes ?? [], requests)))
      return false;
    if (news.some((more, i) => (this.people[i] ?? 0) + more > allowed(this.all[i] ?? 0))) return false;
    for (const [i, more] of news.entries()) this.people[i] = (this.people[i] ?? 0) + more;
    return true;
  }
}

/** Whether people are known well enough to be judged by, and whether what is said of them can be true. */
export class Coverage {
  readonly prod = new SideCoverage();
  readonly gray = new SideCoverage();
  contradictedAt = Number.NEGATIVE_INFINITY;

  /** Whether any request ever named a person. */
  get isNamed(): boolean {
    return this.prod.named + this.gray.named > 0;
  }

  get isByPeople(): boolean {
    return this.isNamed && this.prod.isCovered && this.gray.isCovered;
  }

  isContradicted(t: number): boolean {
    return t - this.contradictedAt < TOLD_SECONDS;
  }

  /** @returns the tick without people where what is said of them cannot be true, or only one side tells of them */
  check(tick: EvidenceTick, seconds: number): EvidenceTick {
    const keep = (1 - 1 / MEMORY_SECONDS) ** seconds;
    const isProdTrue = this.prod.check(tick.prod, keep);
    const isGrayTrue = this.gray.check(tick.gray, keep);
    const isTrue = isProdTrue && isGrayTrue;
    if (!isTrue) this.contradictedAt = tick.t;
    // Where one side tells of no people, all that the other tells would be held against it.
    if (isTrue && !isMute(tick.prod) && !isMute(tick.gray)) return tick;
    return {...tick, prod: withoutPeople(tick.prod), gray: withoutPeople(tick.gray)};
  }
}

/** Whether a side has requests and tells of no people. */
function isMute({requests, people}: SideTick): boolean {
  return requests > 0 && people === undefined;
}

function withoutPeople({people: _, ...side}: SideTick): SideTick {
  return side;
}

function allowed(count: number): number {
  return count * (1 + SLACK_PART) + SLACK;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 1e12;
}

/** Each answer moves one person from one bucket to another, or puts one in. */
function isChange(changes: NonNullable<PeopleTick['slowest']>, requests: number): boolean {
  let sum = 0;
  let up = 0;
  for (const [bucket, change] of changes) {
    if (!Number.isInteger(bucket) || !Number.isInteger(change)) return false;
    sum += change;
    up += Math.max(0, change);
  }
  return sum >= 0 && up <= allowed(requests);
}
