import type {Commit} from '../release/commit.ts';
import {emptyFold, fold, legible, type Folded} from './fold.ts';
import type {ControllerView, Snapshot} from './outcome.ts';

/** Commits between two stored folds, so that a step back does not begin at the first commit. */
const KEPT_EVERY = 64;

/** A log as it stood at any moment. */
export interface PastView extends ControllerView {
  /** Notifies the listeners that `now` has changed. */
  moved(): void;
}

/** Opens the view of a recorded log. @param now the moment that is shown, milliseconds since 1970 */
export function openPastView(feature: string, commits: readonly Commit[], now: () => number): PastView {
  const kept: Folded[] = [emptyFold(feature)];
  const listeners = new Set<() => void>();
  const legibles = commits.map(legible);
  const times = timesOf(commits);
  let known = 0;
  let snapshot: Snapshot = snapshotOf(emptyFold(feature));
  let shown: readonly Commit[] = [];

  function foldUpTo(count: number): Folded {
    let index = Math.min(kept.length - 1, Math.floor(count / KEPT_EVERY));
    let folded = kept[index] ?? emptyFold(feature);
    for (let next = index * KEPT_EVERY; next < count; next++) {
      const commit = commits[next];
      if (commit !== undefined) folded = fold(folded, commit);
      if ((next + 1) % KEPT_EVERY === 0) kept[++index] = folded;
    }
    return folded;
  }

  function look(): void {
    const at = now();
    let count = known;
    while (count > 0 && (times[count - 1] ?? 0) > at) count--;
    while (count < times.length && (times[count] ?? Infinity) <= at) count++;
    if (count === known) return;
    known = count;
    snapshot = snapshotOf(foldUpTo(count));
    shown = legibles.slice(0, count);
  }

  return {
    feature,
    snapshot() {
      look();
      return snapshot;
    },
    commits() {
      look();
      return shown;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    moved() {
      for (const listener of listeners) listener();
    },
    now,
    ready: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/**
 * When each commit became visible, milliseconds since 1970. Never before its predecessor, whatever the clock
 * said.
 */
function timesOf(commits: readonly Commit[]): number[] {
  let newest = -Infinity;
  return commits.map(({at}) => {
    newest = Math.max(newest, at);
    return newest;
  });
}

function snapshotOf(folded: Folded): Snapshot {
  return {...folded, link: {state: 'up'}, lastBreak: null};
}
