import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

/** When the first screens are drawn and the past is read. */
const SETTLED_MS = 8000;

/**
 * Keeps this process small for the hours that a console stays open. Left alone, V8 lets both generations grow to its
 * first, large limits before it looks for what has died; one early look makes it set them by what is alive. Measured
 * on the demo at 120x40 after five minutes: 114 MiB against 250, at the same CPU time.
 */
export function staySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=40');
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (how: {type: 'major'; execution: 'async'}) => unknown;
    collect({type: 'major', execution: 'async'});
  }, SETTLED_MS).unref();
}
