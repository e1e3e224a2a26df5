/**
 * `append-when-told.ts ADDRESS FEATURE`: reads the head, prints `ready`, and for each line on stdin writes after that
 * same head, however old it is by then; prints the outcome.
 */
import {createInterface} from 'node:readline';
import {openStore} from '../../../source/store/open.ts';
import {commitAfter} from '../commits.ts';

const [address = '', feature = ''] = process.argv.slice(2);
const store = await openStore(address, 'operator');
const {log} = store.feature(feature);
const head = await log.head();
process.stdout.write('ready\n');
for await (const line of createInterface({input: process.stdin})) {
  const {outcome} = await log.append(commitAfter(head, {reason: line}));
  process.stdout.write(`${outcome}\n`);
}
await store.close();
