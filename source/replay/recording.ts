import {decodeTally, type Tally} from '../analysis/windows/roll-up.ts';
import type {Report} from '../audience/applied.ts';
import type {Commit} from '../release/commit.ts';
import {isFeatureName} from '../release/name.ts';
import {isMoment} from '../release/shape.ts';
import {startOf} from '../release/well-formed.ts';

/** What routers had said at a moment. */
export interface RoutersAt {
  /** The store's clock, milliseconds since 1970. */
  at: number;
  routers: readonly Report[];
}

/** A stretch of a feature's life, to be looked at again: everything on the store's clock, oldest first. */
export interface Recording {
  feature: string;
  commits: readonly Commit[];
  /** Seconds as they were measured. */
  seconds: readonly Tally[];
  routers: readonly RoutersAt[];
  /** The first and the last moment there is something to see of, milliseconds since 1970. */
  from: number;
  to: number;
}

/** A line of a recording, as JSON in a file: `graydeck.recording/1`. */
export type Line =
  | {type: 'recording'; schema: 'graydeck.recording/1'; feature: string; at: number}
  | {type: 'commit'; commit: Commit}
  /** `body` as a store keeps roll-ups. */
  | {type: 'second'; t: number; body: string}
  | ({type: 'routers'} & RoutersAt);

/** A recording that cannot be read: which line, what was found there, what is allowed. */
export interface RecordingMistake {
  line: number;
  found: string;
  allowed: string;
}

/** What a line of a recording says; null where it says nothing new. */
export type Taken =
  | {type: 'head'; feature: string; at: number | null}
  | {type: 'commit'; commit: Commit}
  | {type: 'second'; tally: Tally}
  | ({type: 'routers'} & RoutersAt)
  | {type: 'mistake'; mistake: RecordingMistake}
  | null;

/** Reads a recording line by line and keeps no more of it than what the next line is checked by. */
export class RecordingLines {
  #feature: string | null = null;
  #head: {version: number; id: string} | null = null;
  #count = 0;

  /** Takes the next line. An empty one says nothing. */
  take(text: string): Taken {
    this.#count++;
    if (text.trim() === '') return null;
    const line = parse(text);
    if (this.#feature === null) {
      const isHead = line?.type === 'recording' && line.schema === 'graydeck.recording/1';
      if (!isHead || !isFeatureName(line.feature))
        return this.#mistake(text, 'the first line of a file that graydeck record has written');
      this.#feature = line.feature;
      return {type: 'head', feature: line.feature, at: isMoment(line.at) ? line.at : null};
    }
    switch (line?.type) {
      case 'recording':
        // Recorded anew into the same file: it goes on.
        if (line.feature === this.#feature) return null;
        return this.#mistake(text, `a recording of ${this.#feature}, as the lines before`);
      case 'commit':
        return this.#takeCommit(line.commit, text);
      case 'second': {
        const isSecond = typeof line.body === 'string' && isMoment(line.t);
        const tally = isSecond ? decodeTally(line.t, line.body) : null;
        return tally === null
          ? this.#mistake(text, 'a second as graydeck record writes it')
          : {type: 'second', tally};
      }
      case 'routers':
        if (!Array.isArray(line.routers) || !line.routers.every(isReport) || !isMoment(line.at))
          return this.#mistake(text, 'what routers have said, as graydeck record writes it');
        return {type: 'routers', at: line.at, routers: line.routers};
      default:
        return this.#mistake(text, 'a line of the type commit, second or routers');
    }
  }

  #takeCommit(commit: Commit | undefined, text: string): Taken {
    const last = this.#head?.version ?? 0;
    if (!isCommit(commit)) return this.#mistake(text, 'a commit as graydeck record writes it');
    const {version, id, parent, at} = commit;
    if (version <= last) return null;
    const isNext = version === last + 1 && parent === (this.#head?.id ?? null) && isMoment(at);
    if (!isNext) return this.#mistake(text, `the commit that follows version ${last}`);
    this.#head = {version, id};
    return {type: 'commit', commit};
  }

  #mistake(text: string, allowed: string): Taken {
    return {type: 'mistake', mistake: {line: this.#count, found: startOf(text, 80), allowed}};
  }
}

/** Puts a recording together line by line. */
export class RecordingReader {
  readonly #lines = new RecordingLines();
  readonly #commits: Commit[] = [];
  /** By the moment they begin: recorded anew into the same file, a second is there twice. */
  readonly #seconds = new Map<number, Tally>();
  readonly #routers: RoutersAt[] = [];
  #head: {feature: string; at: number | null} | null = null;

  /** Takes the next line; null: it is well. */
  take(text: string): RecordingMistake | null {
    const taken = this.#lines.take(text);
    switch (taken?.type) {
      case 'head':
        this.#head = taken;
        return null;
      case 'commit':
        this.#commits.push(taken.commit);
        return null;
      case 'second':
        this.#seconds.set(taken.tally.t, taken.tally);
        return null;
      case 'routers':
        this.#routers.push({at: taken.at, routers: taken.routers});
        return null;
      case 'mistake':
        return taken.mistake;
      case undefined:
        return null;
    }
  }

  /** What was read; null: there is nothing in it to see. It begins where it was recorded, not where the log does. */
  read(): Recording | null {
    const seconds = [...this.#seconds.values()].sort((a, b) => a.t - b.t);
    if (this.#head === null) return null;
    const {feature, at} = this.#head;
    const recording = recordingOf(feature, this.#commits, seconds, this.#routers);
    if (recording === null) return null;
    const begun = Math.min(at ?? Infinity, seconds[0]?.t ?? Infinity);
    return {...recording, from: Number.isFinite(begun) ? Math.min(begun, recording.to) : recording.from};
  }
}

/** A recording of what is at hand; null: there is nothing to see. */
export function recordingOf(
  feature: string,
  commits: readonly Commit[],
  seconds: readonly Tally[],
  routers: readonly RoutersAt[],
): Recording | null {
  const firstAt = commits[0]?.at ?? seconds[0]?.t;
  if (firstAt === undefined) return null;
  const from = Math.min(firstAt, seconds[0]?.t ?? Infinity);
  // A clock that went back does not end it early.
  const lastAt = commits.reduce((newest, {at}) => Math.max(newest, at), 0);
  const to = Math.max(lastAt, (seconds.at(-1)?.t ?? 0) + 1000, routers.at(-1)?.at ?? 0);
  return {feature, commits, seconds, routers, from, to};
}

/** What came from a file may lack anything. */
function isCommit(read: Partial<Commit> | null | undefined): read is Commit {
  if (typeof read !== 'object' || read === null) return false;
  const {id, by, events} = read;
  if (typeof id !== 'string' || typeof by !== 'string' || !Array.isArray(events)) return false;
  return events.every(event => typeof (event as {type?: unknown} | null)?.type === 'string');
}

function isReport(read: Partial<Report> | null): read is Report {
  return typeof read?.name === 'string' && typeof read.kind === 'string' && isMoment(read.at);
}

function parse(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Line) : null;
  } catch {
    return null;
  }
}
