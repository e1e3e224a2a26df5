import type {Histogram, PeopleTick} from '../evidence/tick.ts';

/** Buckets of a histogram: half octaves from a microsecond to 31 years. */
const MOST_BUCKETS = 100;
const LOWEST_BUCKET = -80;
const HIGHEST_BUCKET = 320;
const MOST_COUNT = 1e12;

/** What is new about people as JSON holds it; null for anything else. Counts may not be negative, changes may. */
export function readTick(read: unknown): PeopleTick | null {
  if (typeof read !== 'object' || read === null) return null;
  const {requests, seen, failed, converted, slowest, third, tenth} = read as Record<string, unknown>;
  if (![requests, seen, failed, converted].every(count => count === undefined || isCount(count))) return null;
  if (![slowest, third, tenth].every(histogram => histogram === undefined || isHistogram(histogram)))
    return null;
  return read;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MOST_COUNT;
}

function isHistogram(value: unknown): value is Histogram {
  if (!Array.isArray(value) || value.length > MOST_BUCKETS) return false;
  return value.every(pair => {
    if (!Array.isArray(pair) || pair.length !== 2) return false;
    const [bucket, change]: unknown[] = pair;
    const isBucket = Number.isSafeInteger(bucket) && (bucket as number) >= LOWEST_BUCKET;
    return isBucket && (bucket as number) <= HIGHEST_BUCKET && Number.isSafeInteger(change);
  });
}
