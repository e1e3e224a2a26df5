import {decodeTally, type Tally} from '../analysis/windows/roll-up.ts';
import type {Report} from '../audience/applied.ts';
import type {Commit} from '../release/commit.ts';
import {isFeatureName} from '../release/name.ts';
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

/** Puts a recording together line by line. */
export class RecordingReader {
  readonly #commits: Commit[] = [];
  readonly #seconds: Tally[] = [];
  readonly #routers: RoutersAt[] = [];
  #feature: string | null = null;
  #count = 0;

  /** Takes the next line; null: it is well. An empty one says nothing. */
  take(text: string): RecordingMistake | null {
    this.#count++;
    if (text.trim() === '') return null;
    const line = parse(text);
    if (this.#feature === null) {
      const isHead = line?.type === 'recording' && line.schema === 'graydeck.recording/1';
      if (isHead && isFeatureName(line.feature)) {
        this.#feature = line.feature;
        return null;
      }
      return this.#mistake(text, 'the first line of a file that graydeck record has written');
    }
    switch (line?.type) {
      case 'recording':
        // Recorded anew into the same file: it goes on.
        if (line.feature === this.#feature) return null;
        return this.#mistake(text, `a recording of ${this.#feature}, as the lines before`);
      case 'commit':
        return this.#takeCommit(line.commit, text);
      case 'second': {
        const isSecond = typeof line.body === 'string' && Number.isFinite(line.t);
        const tally = isSecond ? decodeTally(line.t, line.body) : null;
        if (tally === null) return this.#mistake(text, 'a second as graydeck record writes it');
        this.#seconds.push(tally);
        return null;
      }
      case 'routers':
        if (!Array.isArray(line.routers) || !line.routers.every(isReport) || !Number.isFinite(line.at))
          return this.#mistake(text, 'what routers have said, as graydeck record writes it');
        this.#routers.push({at: line.at, routers: line.routers});
        return null;
      default:
        return this.#mistake(text, 'a line of the type commit, second or routers');
    }
  }

  /** What was read; null: there is nothing in it to see. */
  read(): Recording | null {
    const seconds = this.#seconds.toSorted((a, b) => a.t - b.t);
    return this.#feature === null ? null : recordingOf(this.#feature, this.#commits, seconds, this.#routers);
  }

  #takeCommit(commit: Commit | undefined, text: string): RecordingMistake | null {
    const last = this.#commits.at(-1);
    if (!isCommit(commit)) return this.#mistake(text, 'a commit as graydeck record writes it');
    const {version, parent, at} = commit;
    if (version <= (last?.version ?? 0)) return null;
    const isNext =
      version === (last?.version ?? 0) + 1 && parent === (last?.id ?? null) && Number.isFinite(at);
    if (!isNext) return this.#mistake(text, `the commit that follows version ${last?.version ?? 0}`);
    this.#commits.push(commit);
    return null;
  }

  #mistake(text: string, allowed: string): RecordingMistake {
    return {line: this.#count, found: startOf(text, 80), allowed};
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
  return typeof read?.name === 'string' && typeof read.kind === 'string' && Number.isFinite(read.at);
}

function parse(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Line) : null;
  } catch {
    return null;
  }
}
