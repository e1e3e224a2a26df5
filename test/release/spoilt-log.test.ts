import fc from 'fast-check';
import {expect, test} from 'vitest';
import {EventText} from '../../source/cli/output/log-lines.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import type {Commit} from '../../source/release/commit.ts';
import {readable} from '../../source/release/event-shape.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {evolveCommit} from '../../source/release/evolve/evolve.ts';
import {initialState, isLive} from '../../source/release/state.ts';
import {acts} from './arbitrary.ts';
import {FEATURE, liu} from './specification.ts';
import {carryOut, endOf, play, written} from './stories.ts';

type Path = (string | number)[];

/** A place in a log and another value for it, by number, so that a counterexample stays readable. */
const spoilings = fc.array(
  fc.record({
    commit: fc.nat(),
    place: fc.nat(),
    value: fc.constantFrom<unknown[]>(null, 0, 1.5, -1, '', 'x', true, [], {}, [null], [[]], {a: null}),
  }),
  {minLength: 5, maxLength: 5},
);

/** Returns the log with another value in one place of one event. The event keeps its type. */
function spoil(
  commits: readonly Commit[],
  {commit, place, value}: {commit: number; place: number; value: unknown},
) {
  const index = commit % commits.length;
  const one = commits[index]!;
  const places = placesIn(one.events, []).filter(path => path.length > 1 && path.at(-1) !== 'type');
  const events = put(one.events, places[place % places.length]!, value) as Commit['events'];
  return commits.with(index, {...one, events});
}

function placesIn(value: unknown, at: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [at, ...inner.flatMap(([key, part]) => placesIn(part, [...at, key]))];
}

function put(value: unknown, [key, ...rest]: Path, part: unknown): unknown {
  if (key === undefined) return part;
  if (Array.isArray(value)) return value.with(Number(key), put(value[Number(key)], rest, part));
  const record = value as Record<string, unknown>;
  return {...record, [key]: put(record[key], rest, part)};
}

test('an event with another value in any place is complete, or reduced to its name', () => {
  fc.assert(
    fc.property(acts, spoilings, (list, wrong) => {
      const commits = written(play(list));
      fc.pre(commits.length > 0);
      const texts = new EventText(messagesOf('en'));
      for (const one of wrong) {
        const events = spoil(commits, one).flatMap(commit => commit.events.map(readable));
        for (const event of events) expect(texts.sentence(event, null)).not.toBe('');
      }
    }),
    {numRuns: 300},
  );
});

test('a log with another value in any place gives a split, and its release can be rolled back', () => {
  fc.assert(
    fc.property(acts, spoilings, (list, wrong) => {
      const turns = play(list);
      const commits = written(turns);
      fc.pre(commits.length > 0);
      for (const one of wrong) {
        let state = initialState(FEATURE);
        for (const commit of spoil(commits, one)) {
          state = evolveCommit(state, commit);
          deriveSplit(state);
        }
        if (state.release === null || !isLive(state.release)) continue;
        const order = {type: 'rollback', release: state.release.id, by: liu} as const;
        const back = carryOut(state, {...order, at: endOf(turns).at});
        expect(back.after.release?.state).toBe('rolling_back');
        expect(back.is.live).toBe(false);
      }
    }),
    {numRuns: 300},
  );
});
