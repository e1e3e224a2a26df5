/**
 * `append.ts ADDRESS FEATURE COUNT`: prints `ready`, waits for a line on stdin, then writes commits as fast as it can
 * and prints `VERSION ID` once each is written.
 */
import {once} from 'node:events';
import {openStore} from '../../../source/store/open.ts';
import {appendNext} from '../commits.ts';

const [address = '', feature = '', count = '0'] = process.argv.slice(2);
const store = await openStore(address, 'operator');
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
for (let n = 0; n < Number(count); n++) {
  const {version, id} = await appendNext(store.feature(feature), {by: `writer ${process.pid}`});
  process.stdout.write(`${version} ${id}\n`);
}
await store.close();
