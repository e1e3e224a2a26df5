import type {Readable} from 'node:stream';
import type {Edge, EdgeTrouble} from './edge.ts';
import {installFallback} from './confirm.ts';

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
