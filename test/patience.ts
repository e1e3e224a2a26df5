import {expect, vi} from 'vitest';

/**
 * How long a test waits for what is to come, milliseconds. One that passes never waits so long; where two cores are
 * short, or the machine stands still for a while, one that was right would fail by less.
 */
export const PATIENCE_MS = 60_000;

/** A deadline of a wait that no test asks to be sooner. */
function patient<T extends {timeout?: number | undefined}>(options: T | number | undefined): T {
  const asked = typeof options === 'number' ? ({timeout: options} as T) : (options ?? ({} as T));
  return {...asked, timeout: Math.max(asked.timeout ?? 0, PATIENCE_MS)};
}

const {waitFor, waitUntil} = vi;
vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));

const {poll} = expect;
expect.poll = (actual, options) => poll(actual, patient(options));
