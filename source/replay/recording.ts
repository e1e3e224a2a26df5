import {decodeTally, type Tally} from '../analysis/windows/roll-up.ts';
import type {Report} from '../audience/applied.ts';
import type {Commit} from '../release/commit.ts';
import {isFeatureName} from '../release/name.ts';
import {isMoment} from '../release/shape.ts';
import {startOf} from '../release/well-formed.ts';

/** Router reports at a moment. */
export interface RoutersAt {
  /** The store's clock, milliseconds since 1970. */
  at: number;
  routers: readonly Report[];
}

/** A recorded period of a feature. All times are of the store's clock, oldest first. */
export interface Recording {
  feature: string;
  commits: readonly Commit[];
  /** Seconds as they were measured. */
  seconds: readonly Tally[];
  routers: readonly RoutersAt[];
  /** First and last moment with data, milliseconds since 1970. */
  from: number;
  to: number;
}

/** A line of a recording file, as JSON: `graydeck.recording/1`. */
export type RecordingLine =
  | {type: 'recording'; schema: 'graydeck.recording/1'; feature: string; at: number}
  | {type: 'commit'; commit: Commit}
  /** `body`: a roll-up as a store keeps it. */
  | {type: 'second'; t: number; body: string}
  | ({type: 'routers'} & RoutersAt);

/** A mistake in a recording: line, what was found, what is allowed. */
export interface RecordingMistake {
  line: number;
  found: string;
  allowed: string;
}

/** Content of a line; null if it holds nothing new. */
export type ParsedLine =
  | {type: 'head'; feature: string; at: number | null}
  | {type: 'commit'; commit: Commit}
  | {type: 'second'; tally: Tally}
  | ({type: 'routers'} & RoutersAt)
  | {type: 'mistake'; mistake: RecordingMistake}
  | null;

/** Parses a recording line by line. Keeps only what the next line is checked by. */
export class RecordingLines {
  #feature: string | null = null;
  #head: {version: number; id: string} | null = null;
  #count = 0;

  /** Parses the next line. Empty lines are skipped. */
  take(text: string): ParsedLine {
    this.#count++;
    if (text.trim() === '') return null;
    const line = parse(text);
    if (this.#feature === null) {
      const isHead = line?.type === 'recording' && line.schema === 'graydeck.recording/1';
      if (!isHead || !isFeatureName(line.feature))
        return this.#mistake(text, 'the first line of a file written by graydeck record');
      this.#feature = line.feature;
      return {type: 'head', feature: line.feature, at: isMoment(line.at) ? line.at : null};
    }
    switch (line?.type) {
      case 'recording':
        // A new recording into the same file continues it.
        if (line.feature === this.#feature) return null;
        return this.#mistake(text, `a recording of ${this.#feature}, like the lines before`);
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
          return this.#mistake(text, 'router reports as graydeck record writes them');
        return {type: 'routers', at: line.at, routers: line.routers};
      default:
        return this.#mistake(text, 'a line of the type commit, second or routers');
    }
  }

  #takeCommit(commit: Commit | undefined, text: string): ParsedLine {
    const last = this.#head?.version ?? 0;
    if (!isCommit(commit)) return this.#mistake(text, 'a commit as graydeck record writes it');
    const {version, id, parent, at} = commit;
    if (version <= last) return null;
    const isNext = version === last + 1 && parent === (this.#head?.id ?? null) && isMoment(at);
    if (!isNext) return this.#mistake(text, `the commit that follows version ${last}`);
    this.#head = {version, id};
    return {type: 'commit', commit};
  }

  #mistake(text: string, allowed: string): ParsedLine {
    return {type: 'mistake', mistake: {line: this.#count, found: startOf(text, 80), allowed}};
  }
}

/** Builds a recording line by line. */
export class RecordingReader {
  readonly #lines = new RecordingLines();
  readonly #commits: Commit[] = [];
  /** By their begin. A second recorded twice replaces itself. */
  readonly #seconds = new Map<number, Tally>();
  readonly #routers: RoutersAt[] = [];
  #head: {feature: string; at: number | null} | null = null;

  /** Adds the next line. @returns its mistake, or null */
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

  /** The recording so far; null if it holds no data. It begins with the recorder, not with the log. */
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

/** Makes a recording of the given data; null if there are none. */
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

/** Lines of a file may lack any field. */
function isCommit(read: Partial<Commit> | null | undefined): read is Commit {
  if (typeof read !== 'object' || read === null) return false;
  const {id, by, events} = read;
  if (typeof id !== 'string' || typeof by !== 'string' || !Array.isArray(events)) return false;
  return events.every(event => typeof (event as {type?: unknown} | null)?.type === 'string');
}

function isReport(read: Partial<Report> | null): read is Report {
  return typeof read?.name === 'string' && typeof read.kind === 'string' && isMoment(read.at);
}

function parse(text: string): RecordingLine | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as RecordingLine) : null;
  } catch {
    return null;
  }
}
