import {setTimeout as delay} from 'node:timers/promises';
import type {Edge, EdgeTrouble} from './edge.ts';
import {hashOf} from './render.ts';

const ASK_EVERY_MS = 10;
/**
 * nginx starts its new workers a tenth of a second before it tells the old ones to take no more: only answers of the new
 * ones for longer than that say that the old ones are out.
 */
const ONLY_NEW_FOR_MS = 150;
/** A process that is told to end has three seconds for everything. */
const LEAVES_WITHIN_MS = 1500;

export const UNCONFIRMED: EdgeTrouble = {
  code: 'not-confirmed',
  text: 'nginx does not say that it works by the file',
};

/**
 * Asks nginx until only workers of one file answer. False: not within the time, or `goesOn` said no.
 * @param goesOn asked before each question, with the time so far in milliseconds while no new worker answers
 */
export async function confirmed(
  edge: Edge,
  hash: string | null,
  withinMs: number,
  goesOn: (unseenForMs: number) => boolean | Promise<boolean>,
): Promise<boolean> {
  const began = performance.now();
  let since: number | null = null;
  for (;;) {
    const now = performance.now();
    if (now - began > withinMs || !(await goesOn(since === null ? now - began : 0))) return false;
    since = (await edge.ask()) === hash ? (since ?? performance.now()) : null;
    if (since !== null && performance.now() - since >= ONLY_NEW_FOR_MS) return true;
    await delay(ASK_EVERY_MS);
  }
}

/** Puts the fallback file in place, reloads and waits a moment for nginx to confirm. The agent does it last. */
export async function installFallback(edge: Edge, text: string): Promise<EdgeTrouble | null> {
  if ((await edge.read()) !== text) {
    const written = await edge.put(text);
    if (written !== null) return written;
  }
  const told = await edge.reload(AbortSignal.timeout(LEAVES_WITHIN_MS));
  if (told !== null) return told;
  return (await confirmed(edge, hashOf(text), LEAVES_WITHIN_MS, () => true)) ? null : UNCONFIRMED;
}
