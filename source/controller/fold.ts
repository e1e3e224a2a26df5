import {isDeepStrictEqual} from 'node:util';
import type {Commit} from '../release/commit.ts';
import {deriveSplit} from '../release/derive-split.ts';
import {readable} from '../release/event-shape.ts';
import {evolve, evolveCommit} from '../release/evolve/evolve.ts';
import type {Split} from '../release/split.ts';
import {initialState, type State} from '../release/state.ts';
import type {Head} from './outcome.ts';

/** A log folded up to its newest known commit. Never changed: another one is another state of the log. */
export interface Folded {
  state: State;
  split: Split;
  /** Version of the commit that last changed the split; 0: none did. */
  splitVersion: number;
  head: Head | null;
}

export function emptyFold(feature: string): Folded {
  const state = initialState(feature);
  return {state, split: deriveSplit(state), splitVersion: 0, head: null};
}

/** What a log is with some more of its commits, and which they were. */
export interface Taken {
  folded: Folded;
  commits: Commit[];
}

/** Folds in what follows, and passes over what does not. */
export function foldAll(start: Folded, known: readonly Commit[]): Taken {
  let folded = start;
  const commits: Commit[] = [];
  for (const commit of known) {
    if (!follows(folded, commit)) continue;
    folded = fold(folded, commit);
    // A split that was understood need not be kept a second time, as it was read.
    commits.push(legible(folded.state.unknownEvent === null ? {...commit, split: folded.split} : commit));
  }
  return {folded, commits};
}

/** A commit as it may be shown: whoever does counts on what each event carries. */
export function legible(commit: Commit): Commit {
  const events = commit.events.map(readable);
  return events.every((event, index) => event === commit.events[index]) ? commit : {...commit, events};
}

/** Whether this is the very next commit of the chain. */
function follows(folded: Folded, commit: Commit): boolean {
  return commit.version === (folded.head?.version ?? 0) + 1 && commit.parent === (folded.head?.id ?? null);
}

/** Folds the next commit in. A stored split that does not follow from the events is a log we do not understand. */
export function fold(folded: Folded, commit: Commit): Folded {
  let state = evolveCommit(folded.state, commit);
  let split = sharing(folded.split, deriveSplit(state));
  if (!isDeepStrictEqual(split, commit.split)) {
    state = evolve(state, {type: `a split that does not follow, version ${commit.version}`}, commit);
    split = sharing(folded.split, deriveSplit(state));
  }
  const {version, id, at, by, authenticated} = commit;
  const head: Head = {version, id, at, by, ...(authenticated === undefined ? {} : {authenticated})};
  const splitVersion = split === folded.split ? folded.splitVersion : version;
  return {state, split, splitVersion, head};
}

/** `next` with all that it has in common with the split before it: a long log holds each list of people once. */
function sharing(before: Split, next: Split): Split {
  const fields = Object.entries(next).map(([name, value]): [string, unknown] => {
    const known: unknown = before[name as keyof Split];
    return [name, isDeepStrictEqual(known, value) ? known : value];
  });
  const isSame = fields.every(([name, value]) => value === before[name as keyof Split]);
  return isSame ? before : (Object.fromEntries(fields) as unknown as Split);
}
