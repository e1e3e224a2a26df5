import {createHash} from 'node:crypto';
import type {EdgeFile} from './render.ts';

/** Parts of include files that nginx has taken, and those that it refused, with what it said. Kept by their hashes: lists are long. */
export class KnownParts {
  readonly #taken = new Set<string>();
  readonly #refused = new Map<string, string>();

  /** How many are refused: what is rendered changes with it. */
  get refusals(): number {
    return this.#refused.size;
  }

  has(part: string): boolean {
    return this.#taken.has(digest(part));
  }

  /** Whether nginx knows every part of a file: then it need not be tested. */
  isTaken({shared, parts}: EdgeFile): boolean {
    return [shared, ...parts.values()].every(part => this.has(part));
  }

  take({shared, parts}: EdgeFile): void {
    for (const part of [shared, ...parts.values()]) this.#taken.add(digest(part));
  }

  refuse(part: string, said: string): void {
    this.#refused.set(digest(part), said);
  }

  /** What nginx said of a part that it refused; null: it has not. */
  refusalOf(part: string): string | null {
    return this.#refused.get(digest(part)) ?? null;
  }

  /** Features of a file with parts that nginx has not seen. */
  newIn({parts}: EdgeFile): [feature: string, part: string][] {
    return [...parts].filter(([, part]) => !this.has(part));
  }
}

function digest(part: string): string {
  return createHash('sha256').update(part).digest('base64');
}
