import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Commit} from '../../source/release/commit.ts';
import {encodeCommit, placeOf, type LogEntry} from '../../source/store/chain.ts';
import {
  advance,
  followLog,
  readHead,
  readLog,
  type LogSource,
  type Position,
} from '../../source/store/follow.ts';
import type {LogNews} from '../../source/store/port.ts';
import {commitAfter} from './commits.ts';
import {eventually} from '../patience.ts';

const entry = (commit: Commit): LogEntry => ({version: commit.version, text: encodeCommit(commit)});
const chain = (count: number, head: Commit | null = null) => {
  const commits: Commit[] = [];
  for (let n = 0; n < count; n++) commits.push(commitAfter(commits.at(-1) ?? head));
  return commits;
};

/** A log in memory whose bell is rung by the test: with the text it carries, or null. */
function memory(entries: LogEntry[] = []) {
  const rings: (string | null)[] = [];
  const waits: number[] = [];
  let wake = () => {};
  const log = {
    entries,
    waits,
    looks: 0,
    failing: null as Error | null,
    notify(text: string | null = null) {
      rings.push(text);
      wake();
    },
  };
  const source: LogSource = {
    async entries(from, limit) {
      log.looks++;
      if (log.failing !== null) throw log.failing;
      return log.entries.filter(({version}) => version >= from).slice(0, limit);
    },
    newest: async limit => log.entries.slice(-limit),
    subscribe: () => ({
      async wait(maxMs, signal) {
        waits.push(maxMs);
        if (rings.length === 0) {
          await new Promise<void>(resolve => {
            wake = resolve;
            signal.addEventListener('abort', () => resolve(), {once: true});
          });
        }
        return rings.shift() ?? null;
      },
      close() {},
    }),
  };
  return {log, source};
}

function follow(source: LogSource, after: Commit | null = null) {
  const news: LogNews[] = [];
  const stopped = new AbortController();
  const following = followLog(source, after, item => news.push(item), stopped.signal);
  const heard = (...types: LogNews['type'][]) =>
    eventually(() => expect(news.map(item => item.type)).toEqual(types), 1);
  const stop = async () => {
    stopped.abort();
    await following;
  };
  return {news, heard, stop};
}

describe('one follower for every store', () => {
  it('reads from the log what a notification carries', async () => {
    const [first, second] = chain(2);
    const {log, source} = memory([entry(first!)]);
    const {news, heard, stop} = follow(source);
    await heard('commit');
    const {looks} = log;
    log.notify(encodeCommit(second!));
    await eventually(() => expect(log.looks).toBe(looks + 1));
    await heard('commit');
    log.entries.push(entry(second!));
    log.notify(encodeCommit(second!));
    await heard('commit', 'commit');
    expect(news[1]).toEqual({type: 'commit', commit: second});
    await stop();
  });

  it('tells of a rollback at once, then whether the log holds it', async () => {
    const [first] = chain(1);
    const rollback = commitAfter(first!, {events: [{type: 'rollback-started'}]});
    const {log, source} = memory([entry(first!)]);
    const {news, heard, stop} = follow(source);
    await heard('commit');
    // A forged one.
    log.notify(encodeCommit(rollback));
    await heard('commit', 'notice', 'notice');
    expect(news.slice(1)).toEqual([
      {type: 'notice', commit: rollback},
      {type: 'notice', commit: null},
    ]);
    // While the log cannot be read it is neither so nor not so.
    log.failing = new Error('connection refused');
    log.notify(encodeCommit(rollback));
    await heard('commit', 'notice', 'notice', 'notice', 'away');
    log.entries.push(entry(rollback));
    log.failing = null;
    await heard('commit', 'notice', 'notice', 'notice', 'away', 'back', 'commit', 'notice');
    expect(news.at(-1)).toEqual({type: 'notice', commit: null});
    await stop();
  });

  it('tells of no rollback that leaves gray live, or that asks for a newer reader', async () => {
    const [first] = chain(1);
    const events: Commit['events'] = [{type: 'rollback-started'}];
    const {log, source} = memory([entry(first!)]);
    const {heard, stop} = follow(source);
    await heard('commit');
    const {looks} = log;
    log.notify(encodeCommit(commitAfter(first!, {events, split: {...first!.split, live: true}})));
    await eventually(() => expect(log.looks).toBe(looks + 1));
    log.notify(encodeCommit(commitAfter(first!, {events, minReader: 99})));
    await eventually(() => expect(log.looks).toBe(looks + 2));
    await heard('commit');
    await stop();
  });

  it.each([
    ['nothing', () => null],
    ['junk', () => 'junk'],
    ['a commit further on', (commits: Commit[]) => encodeCommit(commits[3]!)],
    ['a commit it has', (commits: Commit[]) => encodeCommit(commits[0]!)],
    ['a forged parent', (commits: Commit[]) => encodeCommit(commitAfter({...commits[0]!, id: 'forged'}))],
  ])('looks at the log when the bell carries %s', async (_, textOf) => {
    const commits = chain(4);
    const {log, source} = memory([entry(commits[0]!)]);
    const {news, heard, stop} = follow(source);
    await heard('commit');
    log.entries.push(...commits.slice(1).map(entry));
    log.notify(textOf(commits));
    await heard('commit', 'commit', 'commit', 'commit');
    expect(news).toEqual(commits.map(commit => ({type: 'commit', commit})));
    await stop();
  });

  it('says once that the store is away and once that it is back, and misses nothing', async () => {
    const [first, second] = chain(2);
    const {log, source} = memory([entry(first!)]);
    const {news, heard, stop} = follow(source);
    await heard('commit');
    log.failing = new Error('connection refused');
    log.notify();
    await heard('commit', 'away');
    const {looks} = log;
    await eventually(() => expect(log.looks).toBeGreaterThan(looks + 1), 5);
    log.entries.push(entry(second!));
    log.failing = null;
    await heard('commit', 'away', 'back', 'commit');
    expect(news[1]).toEqual({type: 'away', why: 'connection refused'});
    await stop();
  });

  it('stops while the store is away', async () => {
    const {log, source} = memory();
    log.failing = new Error('connection refused');
    const {heard, stop} = follow(source);
    await heard('away');
    await stop();
    const {looks} = log;
    log.failing = null;
    log.notify();
    await heard('away');
    expect(log.looks).toBe(looks);
  });

  it('reads a long log by pages', async () => {
    const commits = chain(700);
    const {source} = memory(commits.map(entry));
    const {news, stop} = follow(source);
    await eventually(() => expect(news).toHaveLength(700));
    await stop();
    expect(await readLog(source, 0)).toEqual(commits);
    expect(await readLog(source, 512)).toEqual(commits.slice(512));
  });

  it('hands a long log over slice by slice, so that it never lies in memory as a whole', async () => {
    const commits = chain(600);
    const {source} = memory(commits.map(entry));
    for (const after of [0, 5, 344]) {
      const slices: Commit[][] = [];
      slices.push(await readLog(source, after, slice => void slices.push(slice)));
      expect(slices.flat()).toEqual(commits.slice(after));
      expect(Math.max(...slices.map(({length}) => length))).toBeLessThanOrEqual(256);
    }
  });
});

describe('the head of a log', () => {
  it.each<[string, (commits: Commit[]) => LogEntry[], number | null]>([
    ['empty', () => [], null],
    ['sound', commits => commits.map(entry), 3],
    ['ending in junk', commits => [...commits.map(entry), {version: 4, text: 'junk'}], 3],
    [
      'ending in much junk',
      commits => [...commits.map(entry), ...[4, 5, 6].map(version => ({version, text: '{}'}))],
      3,
    ],
    [
      'ending in a forged parent',
      commits => [...commits.map(entry), entry(commitAfter({...commits[2]!, id: 'x'}))],
      3,
    ],
    ['of junk alone', () => [{version: 1, text: 'junk'}], null],
  ])('that is %s is the newest sound commit', async (_, entriesOf, version) => {
    const commits = chain(3);
    const {source} = memory(entriesOf(commits));
    expect(await readHead(source)).toEqual(version === null ? null : commits[version - 1]);
  });
});

type Blow =
  | {type: 'append'; count: number}
  | {type: 'lose'; count: number}
  | {type: 'delete'}
  | {type: 'replace-head'}
  | {type: 'junk'; ahead: number}
  | {type: 'forge'}
  | {type: 'spoil-head'};

const blow: fc.Arbitrary<Blow> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({type: fc.constant('append' as const), count: fc.integer({min: 1, max: 5})}),
  },
  fc.record({type: fc.constant('lose' as const), count: fc.integer({min: 1, max: 4})}),
  fc.record({type: fc.constant('delete' as const)}),
  fc.record({type: fc.constant('replace-head' as const)}),
  fc.record({type: fc.constant('junk' as const), ahead: fc.integer({min: 1, max: 3})}),
  fc.record({type: fc.constant('forge' as const)}),
  fc.record({type: fc.constant('spoil-head' as const)}),
);

/** What can happen to a log, done to it; writers follow the rule of `placeOf`. */
function strike(entries: LogEntry[], sound: Commit[], blow: Blow): LogEntry[] {
  const head = sound.at(-1) ?? null;
  const end = entries.at(-1)?.version ?? 0;
  switch (blow.type) {
    case 'append': {
      const added = chain(blow.count, head);
      const from = added[0]!.version;
      const place = placeOf(
        added[0]!,
        entries.filter(({version}) => version >= Math.max(1, from - 1)),
      );
      if (place !== 'free' && place !== 'foreign') throw new Error(`a rightful writer is told "${place}"`);
      return [...entries.filter(({version}) => version < from), ...added.map(entry)];
    }
    case 'lose': {
      return entries.slice(0, -blow.count);
    }
    case 'delete': {
      return [];
    }
    case 'replace-head': {
      return entries.length === 0
        ? entries
        : [...entries.slice(0, -1), entry(commitAfter(sound.at(-2) ?? null))];
    }
    case 'junk': {
      return [...entries, {version: end + blow.ahead, text: 'junk'}];
    }
    case 'forge': {
      return [...entries, entry({...commitAfter(head), version: end + 1, parent: 'forged'})];
    }
    case 'spoil-head': {
      return entries.map(entry => (entry.version === end ? {...entry, text: '[]'} : entry));
    }
    default: {
      return blow satisfies never;
    }
  }
}

describe('whatever happens to a log', () => {
  it('a follower ends with exactly its sound part, tells of a break once, and never skips or repeats', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(blow, {maxLength: 25}), async blows => {
        let entries: LogEntry[] = [];
        let position: Position = {last: null, foreign: null};
        let state: Commit[] = [];
        for (const blow of blows) {
          entries = strike(entries, await readLog(memory(entries).source, 0), blow);
          let breaks = 0;
          for (let step = 0, quiet = false; !quiet; step++) {
            expect(step).toBeLessThan(60);
            const from = position.last?.version ?? 1;
            const page = entries.filter(({version}) => version >= from).slice(0, 4);
            const {position: next, news} = advance(position, page);
            position = next;
            quiet = news.length === 0;
            for (const item of news) {
              if (item.type === 'broken') {
                state = [];
                breaks++;
              }
              if (item.type !== 'commit') continue;
              expect(item.commit.version).toBe(state.length + 1);
              expect(item.commit.parent).toBe(state.at(-1)?.id ?? null);
              state.push(item.commit);
            }
          }
          expect(breaks).toBeLessThanOrEqual(1);
          expect(state).toEqual(await readLog(memory(entries).source, 0));
        }
      }),
      {numRuns: 200},
    );
  });
});
