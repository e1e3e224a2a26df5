import {hashText} from '../sketches/hash-text.ts';
import {cellOf, LOWEST} from '../sketches/log-buckets.ts';

/** Characters of an id that are hashed: ids of one length that differ only behind them count as one person. */
const LONGEST_ID = 4096;

/**
 * The function that turns an id into the short hash of a person: 32 bits, never 0. The salt is the release and its
 * feature, so that the hashes of two releases cannot be joined, and the bucket that decides sides cannot be read off
 * one. The id is the text that `decide` hashes for the bucket, by the same UTF-8 bytes.
 */
export function personHasher(feature: string, release: string): (id: string) => number {
  const seed = hashText(`${feature}\n${release}`);
  return id => {
    const isLong = id.length > LONGEST_ID;
    const hash = isLong ? hashText(`${id.length}\n${id.slice(0, LONGEST_ID)}`, seed) : hashText(id, seed);
    return hash === 0 ? 1 : hash;
  };
}

/** Cells of the histograms to half an octave. */
const CELLS_PER_LEVEL = 20;
/** Buckets of evidence (eight to the octave) to half an octave. */
const BUCKETS_PER_LEVEL = 4;
/** Half octaves from the lowest cell to 1 ms, and one more, since level 0 means no answer. */
const LEVEL_OF_1_MS = -LOWEST / CELLS_PER_LEVEL + 1;
/** The highest level: it holds 10^12 ms. */
export const MOST_LEVEL = 100;

/** Half octave of a response time, 1–100; 0 stands for no answer. @param ms from 0 to 10^12 */
export function levelOf(ms: number): number {
  const cell = cellOf(ms);
  return cell < 0 ? 1 : Math.floor(cell / CELLS_PER_LEVEL) + 1;
}

/** The bucket of evidence (eight to the octave) in which a level begins: a multiple of 4. */
export function bucketOfLevel(level: number): number {
  return (level - LEVEL_OF_1_MS) * BUCKETS_PER_LEVEL;
}

/** How many of the slowest answers of a person are remembered. */
export const ANSWERS = 10;
/** Where the slowest, third and tenth slowest lie among them. */
export const SLOWEST_AT = 0;
export const THIRD_AT = 2;
export const TENTH_AT = 9;

/**
 * Puts the level of an answer among the ten highest of a person, which lie in descending order from `at` on.
 * @returns whether it is one of them
 */
export function insertAnswer(answers: Uint8Array, at: number, level: number): boolean {
  let index = at + ANSWERS - 1;
  if (level <= (answers[index] ?? 0)) return false;
  for (; index > at && (answers[index - 1] ?? 0) < level; index--) answers[index] = answers[index - 1] ?? 0;
  answers[index] = level;
  return true;
}
