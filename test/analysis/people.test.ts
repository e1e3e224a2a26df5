import {deepEqual} from 'node:assert/strict';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {PeopleTick} from '../../source/analysis/evidence/tick.ts';
import {evidenceTick} from '../../source/analysis/judge/evidence-tick.ts';
import {SIDES, type Side} from '../../source/analysis/numbers.ts';
import {mergePeople} from '../../source/analysis/people/column.ts';
import {bucketOfLevel, levelOf} from '../../source/analysis/people/person.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import type {Decision} from '../../source/audience/decide.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {Batches} from '../../source/sdk/batches.ts';
import {T0} from './feed.ts';

const RELEASE = 'r-1';
const PERSONS = 12;
const INSTANCES = 3;

/** What may happen, one thing at a time. */
type Happening =
  | {type: 'request'; instance: number; person: number; failed: boolean; converted: boolean; ms: number}
  /** An entry of a single request that names its person, from a writer without the SDK. */
  | {type: 'named'; person: number; failed: boolean; ms: number}
  | {type: 'flush'; instance: number; isRepeated: boolean}
  | {type: 'restart'; instance: number}
  /** A split is written into the log; instances and the reader hear of it when they do. */
  | {type: 'raise'}
  | {type: 'follow'}
  /** An instance hears of the newest split. */
  | {type: 'hear'; instance: number}
  /** What is new is written into the store. */
  | {type: 'write'}
  | {type: 'takeOver'};

const instance = fc.nat(INSTANCES - 1);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant('request' as const),
      instance,
      person: fc.nat(PERSONS - 1),
      failed: fc.boolean(),
      converted: fc.boolean(),
      ms: fc.constantFrom(3, 40, 90, 400, 3000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('named' as const),
      person: fc.nat(2),
      failed: fc.boolean(),
      ms: fc.constantFrom(3, 40, 90, 400, 3000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({type: fc.constant('flush' as const), instance, isRepeated: fc.boolean()}),
  },
  {weight: 1, arbitrary: fc.record({type: fc.constant('restart' as const), instance})},
  {weight: 1, arbitrary: fc.constant({type: 'raise' as const})},
  {weight: 1, arbitrary: fc.constant({type: 'follow' as const})},
  {weight: 2, arbitrary: fc.record({type: fc.constant('hear' as const), instance})},
  {weight: 1, arbitrary: fc.constant({type: 'write' as const})},
  {weight: 1, arbitrary: fc.constant({type: 'takeOver' as const})},
);

/** What is new in one request, of all that its process was asked before. */
interface Asked {
  person: number;
  failed: boolean;
  converted: boolean;
  /** Levels of the slowest, third and tenth slowest answer of this person in this life of the instance. */
  levels: number[];
}

/** An instance of the SDK, and what it has not sent yet. */
class Process {
  version: number;
  readonly batches: Batches;
  readonly #pending = new Map<string, Asked[]>();
  readonly #answers = new Map<number, number[]>();
  readonly #told = new Map<string, number>();

  constructor(name: string, version: number) {
    this.version = version;
    this.batches = new Batches({
      instance: name,
      kinds: {distributions: new Set(), gauges: new Set()},
      feature: 'pay',
      split: () => ({version: this.version, split: {version: this.version}}),
    });
  }

  ask({person, failed, converted, ms}: Happening & {type: 'request'}, now: number): void {
    const {version} = this;
    // With each raise more people are at gray.
    const side: Side = person < version * 3 ? 'gray' : 'prod';
    const decision: Decision = {side, reason: 'percent', cohort: 'eligible', version, release: RELEASE};
    this.batches.record(
      decision,
      {
        requests: 1,
        errors: Number(failed),
        conversions: Number(converted),
        response_time: ms,
        user: `u-${person}`,
      },
      now,
    );
    const isNew = (what: string, level: number) => {
      const before = this.#told.get(`${what} ${person}`) ?? 0;
      this.#told.set(`${what} ${person}`, Math.max(before, level));
      return level > before;
    };
    const answers = [...(this.#answers.get(person) ?? []), levelOf(ms)].toSorted((one, other) => other - one);
    this.#answers.set(person, answers);
    const asked: Asked = {
      person,
      failed: failed && isNew('failed', 1),
      converted: converted && isNew('converted', 1),
      levels: [answers[0] ?? 0, answers[2] ?? 0, answers[9] ?? 0].map((level, which) =>
        isNew(`answer ${which}`, level) ? level : 0,
      ),
    };
    const key = `${side} ${version}`;
    this.#pending.set(key, [...(this.#pending.get(key) ?? []), asked]);
  }

  /** Entries, each with the requests that are in it. */
  flush(now: number): {fields: string[]; asked: Asked[]}[] {
    this.batches.flush(now, true);
    const {entries, last} = this.batches.next(now);
    this.batches.taken(last);
    const sent = entries.map(fields => {
      const field = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
      return {fields, asked: this.#pending.get(`${field('side')} ${field('split')}`) ?? []};
    });
    this.#pending.clear();
    return sent;
  }
}

/** What should have been counted, by plain sets. */
class Reference {
  readonly failed = {prod: 0, gray: 0};
  readonly converted = {prod: 0, gray: 0};
  /** For each histogram and level, how many people reached it first on which side. */
  readonly reached = new Map<string, number>();
  readonly #known = new Set<string>();
  readonly #levels = new Map<string, number>();
  #seen: {split: number; key: string}[] = [];

  seen(side: Side, split: number): number {
    return new Set(
      this.#seen.filter(one => one.split >= split && one.key.startsWith(side)).map(({key}) => key),
    ).size;
  }

  take(side: Side, split: number, isCounted: boolean, asked: readonly Asked[]): void {
    for (const {person, failed, converted, levels} of asked) {
      if (isCounted) this.#seen.push({split, key: `${side} ${person}`});
      if (failed && this.#isNew(`failed ${person}`) && isCounted) this.failed[side]++;
      if (converted && this.#isNew(`converted ${person}`) && isCounted) this.converted[side]++;
      for (const [which, level] of levels.entries()) {
        const key = `${which} ${person}`;
        const before = this.#levels.get(key) ?? 0;
        this.#levels.set(key, Math.max(before, level));
        for (let up = before + 1; up <= level; up++)
          if (isCounted) {
            const reached = `${side} ${which} ${up}`;
            this.reached.set(reached, (this.reached.get(reached) ?? 0) + 1);
          }
      }
    }
  }

  #isNew(key: string): boolean {
    const isNew = !this.#known.has(key);
    this.#known.add(key);
    return isNew;
  }
}

function windowsOf(split: number, since: number): Windows {
  const windows = new Windows({feature: 'pay', keepSeconds: 3600});
  windows.begin({release: RELEASE, splitVersion: split, since});
  return windows;
}

function told(windows: Windows, side: Side, from: number, to: number): PeopleTick {
  const ticks: PeopleTick[] = [];
  for (let at = from; at < to; at += 1000) {
    const tick = evidenceTick(windows, at, null)?.[side].people;
    if (tick !== undefined) ticks.push(tick);
  }
  return mergePeople(ticks);
}

class World {
  readonly stream: {fields: string[]; at: number}[] = [];
  readonly rows = new Map<number, string>();
  readonly reference = new Reference();
  readonly #sample = new Sample();
  readonly #processes: Process[];
  windows = windowsOf(1, T0);
  now = T0;
  split = 1;
  since = T0;
  #announced = 1;
  #announcedAt = T0;
  #sameFrom = T0;
  readonly #answers = new Map<number, number[]>();
  #starts = 0;
  #writtenTo = 0;

  constructor() {
    this.#processes = Array.from({length: INSTANCES}, (_, index) => new Process(`i-${index}-0`, 1));
  }

  happen(what: Happening): void {
    this.now += 130;
    const process = 'instance' in what ? this.#processes[what.instance] : undefined;
    if (what.type === 'request') process?.ask(what, this.now);
    else if (what.type === 'named') this.#named(what);
    else if (what.type === 'flush' && process !== undefined) this.#flush(process, what.isRepeated);
    else if (what.type === 'restart') this.#restart(what.instance);
    else if (what.type === 'raise') this.#raise();
    else if (what.type === 'follow') this.#follow();
    else if (what.type === 'hear' && process !== undefined) process.version = this.#announced;
    else if (what.type === 'write') this.#write();
    else if (what.type === 'takeOver') this.#takeOver();
  }

  end(): void {
    for (const process of this.#processes) this.#flush(process, false);
  }

  feed(windows: Windows, {fields, at}: {fields: string[]; at: number}): string {
    deepEqual(new SampleParser(windows.table).parse(fields, at, this.#sample), null);
    return windows.add(this.#sample, this.now);
  }

  #flush(process: Process, isRepeated: boolean): void {
    for (const {fields, asked} of process.flush(this.now)) {
      const entry = {fields, at: this.now};
      const split = Number(fields[fields.indexOf('split') + 1]);
      const side = fields.includes('gray') ? 'gray' : 'prod';
      this.stream.push(entry);
      this.feed(this.windows, entry);
      this.reference.take(side, split, split >= this.split, asked);
      if (!isRepeated) continue;
      this.stream.push(entry);
      deepEqual(this.feed(this.windows, entry), 'repeat');
    }
  }

  #named({person, failed, ms}: Happening & {type: 'named'}): void {
    // Who names no split is of the one that the reader knows.
    if (this.#announced !== this.split) return;
    const side: Side = person < this.split ? 'gray' : 'prod';
    const known = this.#answers.get(person) ?? [];
    const answers = [...known, levelOf(ms)].toSorted((one, other) => other - one);
    this.#answers.set(person, answers);
    const numbers = ['requests', '1', 'errors', failed ? '1' : '0', 'response_time', String(ms)];
    const entry = {fields: ['side', side, 'person', `named-${person}`, ...numbers], at: this.now};
    this.stream.push(entry);
    this.feed(this.windows, entry);
    const levels = [answers[0] ?? 0, answers[2] ?? 0, answers[9] ?? 0];
    const asked = {person: 100 + person, failed, converted: false, levels};
    this.reference.take(side, this.split, true, [asked]);
  }

  /** What it had not sent is lost, as when a process is killed after its last flush. */
  #restart(index: number): void {
    const old = this.#processes[index];
    if (old !== undefined) this.#flush(old, false);
    this.#processes[index] = new Process(`i-${index}-${++this.#starts}`, old?.version ?? 1);
  }

  #raise(): void {
    if (this.#announced >= 3 || this.#announced > this.split) return;
    this.#announced++;
    // At the beginning of a second, so that nothing of it was counted before.
    this.now = Math.ceil((this.now + 1000) / 1000) * 1000;
    this.#announcedAt = this.now;
  }

  #follow(): void {
    if (this.#announced === this.split) return;
    this.split = this.#announced;
    this.since = this.#announcedAt;
    this.windows.begin({release: RELEASE, splitVersion: this.split, since: this.since});
    // What was decided on an older split counted until now, and does not for who comes later.
    this.now = Math.ceil((this.now + 1000) / 1000) * 1000;
    this.#sameFrom = this.now;
  }

  #write(): void {
    for (const {t, body} of this.windows.peopleRows(this.#writtenTo)) {
      this.rows.set(t, body);
      this.#writtenTo = t;
    }
  }

  /** Another process reads rows and stream, and goes on in the place of the one before. */
  #takeOver(): void {
    const late = windowsOf(this.split, this.since);
    for (const t of [...this.rows.keys()].toSorted((one, other) => one - other))
      late.restorePeople({t, body: this.rows.get(t) ?? ''}, this.now);
    for (const entry of this.stream) this.feed(late, entry);
    late.caughtUp();
    for (const side of SIDES) {
      deepEqual(late.peopleSeen(side), this.windows.peopleSeen(side));
      deepEqual(
        told(late, side, this.#sameFrom, this.now + 1000),
        told(this.windows, side, this.#sameFrom, this.now + 1000),
      );
    }
    this.taken = late;
  }

  /** Who took over last, looked at beside the one that never stopped. */
  taken: Windows | null = null;
}

describe('what is new about people', () => {
  test('counts once, whatever instances, repeats, restarts and raises come together', () => {
    fc.assert(
      fc.property(fc.array(happening, {maxLength: 150, size: 'max'}), happenings => {
        const world = new World();
        for (const what of happenings) world.happen(what);
        world.end();
        const {windows, reference, split, now} = world;
        expect(windows.faults()).toEqual([]);
        for (const side of SIDES) {
          const people = told(windows, side, T0, now + 1000);
          expect(people.failed ?? 0).toBe(reference.failed[side]);
          expect(people.converted ?? 0).toBe(reference.converted[side]);
          expect(windows.peopleSeen(side)).toBe(reference.seen(side, split));
          for (const [which, name] of (['slowest', 'third', 'tenth'] as const).entries())
            for (let level = 1; level <= 100; level += 1) {
              const reached = (people[name] ?? []).reduce(
                (sum, [bucket, change]) => sum + (bucket >= bucketOfLevel(level) ? change : 0),
                0,
              );
              expect(reached).toBe(reference.reached.get(`${side} ${which} ${level}`) ?? 0);
            }
        }
      }),
      {numRuns: 400},
    );
  });

  test('counts the same for who takes over, and goes on the same', () => {
    fc.assert(
      fc.property(
        fc.array(happening, {maxLength: 80, size: 'max'}),
        fc.array(happening, {maxLength: 40, size: 'max'}),
        (first, then) => {
          const world = new World();
          for (const what of first) world.happen(what);
          world.happen({type: 'takeOver'});
          const {taken, windows, now, split} = world;
          const begun = world.stream.length;
          for (const what of then) if (what.type !== 'follow' && what.type !== 'takeOver') world.happen(what);
          world.end();
          if (taken === null) throw new Error('nobody took over');
          for (const entry of world.stream.slice(begun)) world.feed(taken, entry);
          expect(world.split).toBe(split);
          for (const side of SIDES)
            expect(told(taken, side, now, world.now + 1000)).toEqual(
              told(windows, side, now, world.now + 1000),
            );
        },
      ),
      {numRuns: 400},
    );
  });
});
