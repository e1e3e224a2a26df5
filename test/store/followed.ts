import type {Commit} from '../../source/release/commit.ts';
import type {LogNews, LogReader, SampleEntry, SampleReader} from '../../source/store/port.ts';
import {eventually} from '../patience.ts';

export interface FollowedLog {
  news: LogNews[];
  /** The commits since the last break: what a reader's state is made of. */
  commits(): Commit[];
  count(type: LogNews['type']): number;
  /** Resolves once the reader's state reaches this version. */
  reached(version: number): Promise<void>;
  /** Resolves once so many news of a kind have come. */
  heard(type: LogNews['type'], count?: number): Promise<void>;
  stop(): Promise<void>;
}

export function followLog(log: LogReader, after: Commit | null = null): FollowedLog {
  const news: LogNews[] = [];
  const stopped = new AbortController();
  const following = log.follow(after, item => news.push(item), stopped.signal);
  const commits = () => {
    const from = news.findLastIndex(item => item.type === 'broken') + 1;
    return news.slice(from).flatMap(item => (item.type === 'commit' ? [item.commit] : []));
  };
  const count = (type: LogNews['type']) => news.filter(item => item.type === type).length;
  return {
    news,
    commits,
    count,
    reached: version =>
      eventually(() => {
        const at = commits().at(-1)?.version ?? after?.version ?? 0;
        if (at !== version) throw new Error(`the follower is at version ${at}, not ${version}`);
      }),
    heard: (type, wanted = 1) =>
      eventually(() => {
        if (count(type) < wanted) throw new Error(`${count(type)} of ${wanted} "${type}" were heard`);
      }),
    stop: async () => {
      stopped.abort();
      await following;
    },
  };
}

export interface FollowedSamples {
  entries: SampleEntry[];
  /** Resolves once so many entries have come. */
  got(count: number): Promise<void>;
  stop(): Promise<void>;
}

export function followSamples(samples: SampleReader, afterId: string): FollowedSamples {
  const entries: SampleEntry[] = [];
  const stopped = new AbortController();
  const following = samples.follow(afterId, batch => entries.push(...batch), stopped.signal);
  return {
    entries,
    got: count =>
      eventually(() => {
        if (entries.length < count) throw new Error(`${entries.length} of ${count} samples have come`);
      }),
    stop: async () => {
      stopped.abort();
      await following;
    },
  };
}
