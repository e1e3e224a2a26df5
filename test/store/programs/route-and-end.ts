/**
 * `route-and-end.ts ADDRESS FEATURE`: what an application does that never says goodbye: follows, reports once, prints
 * `done`, and has nothing more to do.
 */
import {openStore} from '../../../source/store/open.ts';

const [address = '', feature = ''] = process.argv.slice(2);
const store = await openStore(address, 'router');
const router = store.feature(feature);
void router.follow(null, () => undefined, new AbortController().signal);
await router
  .report({name: 'sdk x', kind: 'sdk', version: 0, release: null, percent: 0, live: false, boundMs: 1000})
  .catch(() => undefined);
process.stdout.write('done\n');
