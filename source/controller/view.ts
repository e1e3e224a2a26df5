import type {Commit} from '../release/commit.ts';
import type {LogReader} from '../store/port.ts';
import {emptyFold, fold, follows, type Folded} from './fold.ts';
import type {ControllerView, Link, Snapshot} from './outcome.ts';

/** What the view needs of a feature: its log to read, and the store's clock. */
export interface ViewSource {
  feature: string;
  log: LogReader;
  now(): number;
}

/** A followed log that a writer may also feed: what `openView` gives out and `openController` builds on. */
export interface FollowedLog extends ControllerView {
  folded(): Folded;
  /** Takes in commits that are known from elsewhere (own writes, a read after a conflict). */
  absorb(commits: readonly Commit[]): void;
  /** Reads what the log holds beyond what is folded in; resolves to whether there was anything. */
  catchUp(): Promise<boolean>;
}

/** Opens the read-only view of a feature: follows its log until closed. Has no way to write. */
export function openView(source: ViewSource): ControllerView {
  const {feature, snapshot, commits, subscribe, now, ready, close} = followLog(source);
  return {feature, snapshot, commits, subscribe, now, ready, close};
}

export function followLog({feature, log, now}: ViewSource): FollowedLog {
  let folded = emptyFold(feature);
  let link: Link = {state: 'opening'};
  let lastBreak: Snapshot['lastBreak'] = null;
  let snapshot: Snapshot = shot();
  const listeners = new Set<() => void>();
  const stop = new AbortController();

  function shot(): Snapshot {
    return {state: folded.state, split: folded.split, head: folded.head, link, lastBreak};
  }
  function changed() {
    snapshot = shot();
    for (const listener of listeners) listener();
  }
  function absorb(commits: readonly Commit[]) {
    const before = folded;
    for (const commit of commits) {
      if (follows(folded, commit)) folded = fold(folded, commit);
    }
    if (folded !== before) changed();
  }
  async function catchUp() {
    const before = folded.head?.version ?? 0;
    absorb(await log.read(before));
    return (folded.head?.version ?? 0) > before;
  }

  const opened = (async () => {
    await catchUp();
    link = {state: 'up'};
    changed();
  })();
  const following = opened.then(
    () =>
      log.follow(
        folded.head,
        news => {
          switch (news.type) {
            case 'commit':
              absorb([news.commit]);
              return;
            case 'broken':
              folded = emptyFold(feature);
              lastBreak = {why: news.why, at: now()};
              break;
            case 'away':
              link = {state: 'away', why: news.why, since: now()};
              break;
            case 'back':
              link = {state: 'up'};
              break;
          }
          changed();
        },
        stop.signal,
      ),
    // The one who awaits `ready` is told; nobody else is.
    () => undefined,
  );

  return {
    feature,
    now,
    absorb,
    catchUp,
    folded: () => folded,
    snapshot: () => snapshot,
    commits: () => folded.commits,
    ready: () => opened,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      stop.abort();
      listeners.clear();
      await following;
    },
  };
}
