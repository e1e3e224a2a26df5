import type {Readable} from 'node:stream';
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

/** What an agent writes when it ends by itself: nothing is left to do. */
export const FAREWELL = 'bye\n';
/** What an agent writes every second. */
export const BEAT = '.';
export const BEAT_EVERY_MS = 1000;

/**
 * Watches an agent from a process of its own. If the agent dies or sends no heartbeat for too long, it puts the fallback
 * file in place. Resolves once nothing is left to watch; null: there was nothing to do.
 */
export async function watchOverAgent(
  beats: Readable,
  edge: Edge,
  watchdogMs: number,
): Promise<{why: 'dead' | 'still'; trouble: EdgeTrouble | null} | null> {
  const ended = Promise.withResolvers<'bye' | 'dead' | 'still'>();
  let look: NodeJS.Immediate | undefined;
  // A beat that lies in the pipe is read first: this process may have been the one that stood still.
  const wait = (): NodeJS.Timeout =>
    setTimeout(() => {
      look = setImmediate(() => ended.resolve('still'));
    }, watchdogMs);
  let timer = wait();
  beats.setEncoding('utf8');
  beats.on('data', (text: string) => {
    clearTimeout(timer);
    clearImmediate(look);
    if (text.includes(FAREWELL)) ended.resolve('bye');
    else timer = wait();
  });
  beats.on('end', () => ended.resolve('dead'));
  beats.on('error', () => ended.resolve('dead'));
  const why = await ended.promise;
  clearTimeout(timer);
  if (why === 'bye') return null;
  const text = await edge.readFallback();
  if (text === null) return {why, trouble: {code: 'cannot-write', text: 'there is no prepared file'}};
  return {why, trouble: await installFallback(edge, text)};
}
