import {setTimeout as delay} from 'node:timers/promises';

/**
 * How long a test waits for what is to come, milliseconds: the one limit of every wait. A test that passes never waits
 * so long. Where the cores are short, or the machine stands still for a while, a shorter limit would fail a program
 * that is right. Limits that the product promises are tested as values that it hands out, never by this clock.
 */
export const PATIENCE_MS = 6_000;

/** Waits until the check no longer throws, trying every `interval` ms; fails with its last fault. */
export async function eventually<T>(check: () => T | Promise<T>, interval = 50): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (fault) {
      if (performance.now() > until) throw fault;
      await delay(interval);
    }
  }
}
