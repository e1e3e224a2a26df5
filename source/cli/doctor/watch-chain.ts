import {setTimeout as pause} from 'node:timers/promises';
import type {ControllerView, Snapshot} from '../../controller/outcome.ts';

/** Who follows a log looks at its chain at least so often, milliseconds. */
export const CHAIN_IS_SEEN_WITHIN_MS = 2500;

/** The snapshot once a break of the chain is seen, or when there was time to see one. */
export async function watchChain(view: ControllerView, withinMs: number): Promise<Snapshot> {
  const {promise, resolve} = Promise.withResolvers<void>();
  const look = () => {
    if (view.snapshot().lastBreak !== null) resolve();
  };
  const stop = view.subscribe(look);
  look();
  await Promise.race([promise, pause(withinMs, undefined, {ref: false})]);
  stop();
  return view.snapshot();
}
