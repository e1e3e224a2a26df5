import type {EvidenceSnapshot} from '../analysis/evidence/reading.ts';
import type {JudgeState} from '../analysis/judge/judge.ts';

/** What a guard knows beside the log and the samples, so that another one goes on as if it had never stopped. */
export interface Checkpoint {
  schema: 'graydeck.checkpoint/1';
  release: string;
  /** The end of the last second that is inside: samples of later ones are still to be judged. */
  at: number;
  /** Nothing before it counts: the store was away until then; 0: it never was. */
  notBefore: number;
  /** Log version that was known. */
  version: number;
  /** Number of the last overruling that is inside; absent in older checkpoints: those up to `at`. */
  overruled?: number;
  judge: JudgeState | null;
  evidence: EvidenceSnapshot | null;
}

/** Where roll-ups lie; the store's port fits as it is. */
export interface CheckpointReader {
  read(kind: 'minutes', sinceMs: number): Promise<{t: number; body: string}[]>;
}
export interface CheckpointShelf extends CheckpointReader {
  write(kind: 'minutes', rollUps: {t: number; body: string}[], keepMs: number): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** As minutes are kept. */
const KEPT_MS = 30 * 24 * HOUR_MS;

/**
 * Keeps checkpoints among the minutes, each a millisecond after the beginning of its hour, where no minute begins: readers
 * of roll-ups pass them over. An hour has one, and only that of the newest hour says anything.
 */
export class Checkpoints {
  readonly #shelf: CheckpointShelf;
  #hour: number | null = null;

  constructor(shelf: CheckpointShelf) {
    this.#shelf = shelf;
  }

  /** The newest one of this release; null: there is none that can be read. @throws StoreFault */
  async read(release: string, now: number): Promise<Checkpoint | null> {
    const newest = await newestRow(this.#shelf, now);
    this.#hour = newest?.t ?? null;
    return checkpointOf(newest, release);
  }

  /** Puts it in the place of the one before. @throws StoreFault */
  async write(checkpoint: Checkpoint, now: number): Promise<void> {
    const t = hourOf(now) + 1;
    const rows = [{t, body: JSON.stringify(checkpoint)}];
    // That of the hour before is worth nothing any more.
    if (this.#hour !== null && this.#hour !== t) rows.unshift({t: this.#hour, body: ''});
    await this.#shelf.write('minutes', rows, KEPT_MS);
    this.#hour = t;
  }
}

/** The newest checkpoint of a release, for who only looks; null: there is none that can be read. @throws StoreFault */
export async function readCheckpoint(
  shelf: CheckpointReader,
  release: string,
  now: number,
): Promise<Checkpoint | null> {
  return checkpointOf(await newestRow(shelf, now), release);
}

async function newestRow(
  shelf: CheckpointReader,
  now: number,
): Promise<{t: number; body: string} | undefined> {
  const rows = await shelf.read('minutes', hourOf(now) - HOUR_MS);
  return rows.findLast(({t}) => t % HOUR_MS === 1);
}

function checkpointOf(row: {body: string} | undefined, release: string): Checkpoint | null {
  const checkpoint = row === undefined ? null : decode(row.body);
  return checkpoint?.release === release ? checkpoint : null;
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

function decode(body: string): Checkpoint | null {
  try {
    const read = JSON.parse(body) as Partial<Checkpoint> | null;
    const isOurs =
      read?.schema === 'graydeck.checkpoint/1' &&
      typeof read.release === 'string' &&
      [read.at, read.notBefore, read.version].every(value => Number.isFinite(value)) &&
      read.judge !== undefined &&
      read.evidence !== undefined;
    return isOurs ? (read as Checkpoint) : null;
  } catch {
    return null;
  }
}
