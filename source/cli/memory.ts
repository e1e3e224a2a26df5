import {setFlagsFromString} from 'node:v8';

/**
 * Keeps this process small for the hours that a console stays open: without it the young generation grows to its
 * largest and what dies in it is seldom looked for. Measured on the demo at 120x40: 122 MiB after three minutes
 * against 250, at the same CPU time. V8 reads this flag each time it considers growing.
 */
export function staySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
