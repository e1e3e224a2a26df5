import {isDeepStrictEqual} from 'node:util';
import type {Commit} from '../release/commit.ts';
import {deriveSplit} from '../release/derive-split.ts';
import {readable} from '../release/event-shape.ts';
import {evolve, evolveCommit} from '../release/evolve/evolve.ts';
import type {Split} from '../release/split.ts';
import {initialState, type State} from '../release/state.ts';
import type {Head} from './outcome.ts';

/** A log folded up to one commit. Immutable. */
export interface Folded {
  state: State;
  split: Split;
  /** Version of the commit that last changed the split; 0 if none did. */
  splitVersion: number;
  head: Head | null;
}

export function emptyFold(feature: string): Folded {
  const state = initialState(feature);
  return {state, split: deriveSplit(state), splitVersion: 0, head: null};
}

/** A folded log, and the commits that were folded in. */
export interface FoldedCommits {
  folded: Folded;
  commits: Commit[];
}

/** Folds in the commits that follow the head, and skips all others. */
export function foldAll(start: Folded, known: readonly Commit[]): FoldedCommits {
  let folded = start;
  const commits: Commit[] = [];
  for (const commit of known) {
    if (!follows(folded, commit)) continue;
    folded = fold(folded, commit);
    // The derived split replaces the stored one, which is equal, to save memory.
    commits.push(legible(folded.state.unknownEvent === null ? {...commit, split: folded.split} : commit));
  }
  return {folded, commits};
}

/**
 * Returns the commit with every unreadable event replaced, so that code that shows it can rely on the fields.
 */
export function legible(commit: Commit): Commit {
  const events = commit.events.map(readable);
  return events.every((event, index) => event === commit.events[index]) ? commit : {...commit, events};
}

/** Whether this is the next commit of the chain. */
function follows(folded: Folded, commit: Commit): boolean {
  return commit.version === (folded.head?.version ?? 0) + 1 && commit.parent === (folded.head?.id ?? null);
}

/**
 * Folds in the next commit. If its stored split does not follow from its events, the state is marked as
 * unknown.
 */
export function fold(folded: Folded, commit: Commit): Folded {
  let state = evolveCommit(folded.state, commit);
  let split = sharing(folded.split, deriveSplit(state));
  if (!isDeepStrictEqual(split, commit.split)) {
    state = evolve(
      state,
      {type: `a split that does not follow from its events, version ${commit.version}`},
      commit,
    );
    split = sharing(folded.split, deriveSplit(state));
  }
  const {version, id, at, by, authenticated} = commit;
  const head: Head = {version, id, at, by, ...(authenticated === undefined ? {} : {authenticated})};
  const splitVersion = split === folded.split ? folded.splitVersion : version;
  return {state, split, splitVersion, head};
}

/**
 * Returns `next` with equal fields shared with the split before, so that a long log holds each user list
 * once.
 */
function sharing(before: Split, next: Split): Split {
  const fields = Object.entries(next).map(([name, value]): [string, unknown] => {
    const known: unknown = before[name as keyof Split];
    return [name, isDeepStrictEqual(known, value) ? known : value];
  });
  const isSame = fields.every(([name, value]) => value === before[name as keyof Split]);
  return isSame ? before : (Object.fromEntries(fields) as unknown as Split);
}
