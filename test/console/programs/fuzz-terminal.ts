/** Fuzzes what reads the terminal: `npm run fuzz:terminal [-- --inputs 1000000 --seed 1]`. */
import {parseArgs} from 'node:util';
import {fuzzTerminal} from '../terminal-fuzz.ts';

const {values} = parseArgs({
  options: {inputs: {type: 'string', default: '1000000'}, seed: {type: 'string', default: '20261130'}},
});
const before = process.memoryUsage.rss();
const began = performance.now();
const {failures, ...figures} = fuzzTerminal(Number(values.seed), Number(values.inputs));
const seconds = (performance.now() - began) / 1000;
const grownMiB = (process.memoryUsage.rss() - before) / 2 ** 20;
console.log(
  JSON.stringify({
    seed: values.seed,
    ...figures,
    seconds: Math.round(seconds),
    grownMiB: Math.round(grownMiB),
  }),
);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
