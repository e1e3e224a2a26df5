/** The routers of `reports.ts`: each with a connection of its own; all report whenever the parent says so. */
import {openStore} from '../../source/store/open.ts';

const [url = '', count = '200'] = process.argv.slice(2);
const stores = await Promise.all(
  Array.from({length: Number(count)}, async () => await openStore(url, 'router', {env: {}})),
);
const routers = stores.map(store => store.feature('new_payment'));
let round = 0;
const reportAll = async () => {
  round++;
  await Promise.all(
    routers.map(async (router, at) => {
      const said = {version: round, release: 'r-1', percent: 10, live: true, boundMs: 15_000};
      await router.report({name: `sdk bench-${at}`, kind: 'sdk', ...said});
    }),
  );
};
await reportAll();
process.on('message', message => {
  if (message === 'report') void reportAll();
  else void Promise.all(stores.map(async store => await store.close())).then(() => process.exit(0));
});
process.send?.('ready');
