import {randomBytes} from 'node:crypto';
import {closeSync, openSync, statfsSync, statSync, truncateSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';

/** Room for the index of the journal (32 KiB) and the commits of a rollback with its steps, in bytes. */
const RESERVE_BYTES = 128 * 1024;
/** Size of one piece that is freed, in bytes. */
const PIECE_BYTES = 16 * 1024;
/** Less free space than this counts as a full disk, in bytes. */
const FULL_BYTES = 64 * 1024;

/**
 * What may be done with the reserve: `nothing`, or `some` of it, half at most, to read and to remain the guard, or `all` of it
 * for what a rollback writes: commits that do not give gray to more users, and its snapshot.
 */
export type ReserveUse = 'nothing' | 'some' | 'all';

/** A file next to the store that keeps space on its disk. On a full disk it is shortened, and the store uses the space. */
export class Reserve {
  readonly #path: string;
  #isFilled = false;
  #isSpent = false;

  constructor(storePath: string) {
    this.#path = `${storePath}-reserve`;
  }

  /** Restores the reserve if the disk has enough space for the store as well. Never throws. */
  fill(): void {
    this.#grow((missing, free) => (free < missing + RESERVE_BYTES ? 0 : missing));
  }

  /** Takes back the free space once the store has closed its journal, which had used it. Never throws. */
  reclaim(): void {
    if (this.#isSpent) this.#grow((missing, free) => Math.min(missing, free));
  }

  #grow(bytesOf: (missing: number, free: number) => number): void {
    if (this.#isFilled) return;
    try {
      const missing = RESERVE_BYTES - this.#size();
      const bytes = missing <= 0 ? 0 : bytesOf(missing, freeBytes(this.#path));
      this.#isFilled = missing <= bytes;
      if (bytes <= 0) return;
      const file = openSync(this.#path, 'a', 0o600);
      try {
        // Random bytes: a file system that compresses would keep no space for zeros.
        writeSync(file, randomBytes(bytes));
      } finally {
        closeSync(file);
      }
    } catch {
      // The store works without it.
    }
  }

  /** Frees one piece. False: there is none, or none for this use. Never throws. */
  spend(use: ReserveUse): boolean {
    if (use === 'nothing') return false;
    try {
      const size = this.#size();
      if (size <= (use === 'some' ? RESERVE_BYTES / 2 : 0)) return false;
      truncateSync(this.#path, Math.max(0, size - PIECE_BYTES));
      this.#isFilled = false;
      this.#isSpent = true;
      return true;
    } catch {
      return false;
    }
  }

  /** Whether the disk is full, as far as the file system says. */
  get isDiskFull(): boolean {
    try {
      return freeBytes(this.#path) < FULL_BYTES;
    } catch {
      return false;
    }
  }

  #size(): number {
    return statSync(this.#path, {throwIfNoEntry: false})?.size ?? 0;
  }
}

function freeBytes(path: string): number {
  const {bavail, bsize} = statfsSync(dirname(path));
  return bavail * bsize;
}
