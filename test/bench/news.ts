/**
 * How long a change of the split takes to the last of many applications, beside a bare publish of the same text to as
 * many bare subscribers that only parse it; all on one host, changes of both kinds taking turns. Then the same for
 * applications that were cut off during the change: from the moment the store can be reached again.
 *
 * `node test/bench/news.ts [--followers 50] [--changes 40] [--cut 3]`
 */
import {Redis} from 'ioredis';
import {once} from 'node:events';
import {loadavg} from 'node:os';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {encodeCommit} from '../../source/store/chain.ts';
import {connect} from '../../source/sdk/index.ts';
import {openStore} from '../../source/store/open.ts';
import {splitNamed} from '../audience/conformance.ts';
import {startProxy} from '../servers/proxy.ts';
import {startRedis} from '../servers/redis.ts';
import {appendNext, commitAfter} from '../store/commits.ts';
import {quantile} from './quantile.ts';
import {keepRow} from './rows.ts';

const {values} = parseArgs({
  options: {
    followers: {type: 'string', default: '50'},
    changes: {type: 'string', default: '40'},
    cut: {type: 'string', default: '3'},
  },
});
const followers = Number(values.followers);
const goal = followers <= 50 ? 1.5 : 2;
const FEATURE = 'new_payment';
/** As long as a split with a list of some hundred users. */
const listed = Array.from({length: 120}, (_, n) => `user-${n * 7919}`);
const splitAt = (percent: number) => ({
  ...splitNamed('ten-percent'),
  percent,
  tiers: [{audience: null, percent}],
  include: {users: listed, rules: []},
});

const redis = await startRedis();
const proxy = await startProxy(redis);
const operator = await openStore(redis.url, 'operator', {env: {}});
const feature = operator.feature(FEATURE);
await appendNext(feature, {split: splitAt(1)});

const decks = await Promise.all(
  Array.from({length: followers}, (_, n) =>
    connect({store: redis.url, stateFolder: false, instance: `bench-${n}`}),
  ),
);
const pays = decks.map(deck => deck.feature(FEATURE));
await Promise.all(pays.map(pay => pay.ready(30_000)));
const bare = await Promise.all(
  Array.from({length: followers}, async () => {
    const subscriber = new Redis({port: redis.port, host: '127.0.0.1'});
    await subscriber.subscribe('bench');
    return subscriber;
  }),
);
const publisher = new Redis({port: redis.port, host: '127.0.0.1'});

/** Until all say so; looked at in every turn of the event loop. */
async function all(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setImmediate(resolve));
}

const text = encodeCommit(commitAfter(await feature.log.head(), {split: splitAt(2)}));
const ours: number[] = [];
const raw: number[] = [];
for (let change = 0; change < Number(values.changes); change++) {
  let heard = 0;
  for (const subscriber of bare)
    subscriber.once('message', (_, said) => {
      if (typeof JSON.parse(said) === 'object') heard++;
    });
  let began = performance.now();
  void publisher.publish('bench', text);
  await all(() => heard === followers);
  raw.push(performance.now() - began);
  await delay(50);

  const commit = commitAfter(await feature.log.head(), {split: splitAt(2 + (change % 90))});
  const {version} = commit;
  began = performance.now();
  void feature.log.append(commit);
  await all(() => pays.every(pay => pay.decide({id: 'u-1'}).version === version));
  ours.push(performance.now() - began);
  // Until every report of it is written, so that it does not count for the next.
  await delay(200);
}
const told = (times: readonly number[]) =>
  [0.5, 0, 0.95].map(share => quantile(times, share).toFixed(2)).join(' / ');
console.log(
  `the last of ${followers}, ms, median / least / p95: bare publish ${told(raw)}; set and applied ${told(ours)}`,
);
const times = quantile(ours, 0.5) / quantile(raw, 0.5);
keepRow({
  bench: 'news',
  what: `a change at the last of ${followers} SDKs`,
  unit: 'ms',
  better: 'lower',
  ours: quantile(ours, 0.5),
  peer: {name: 'bare publish', value: quantile(raw, 0.5)},
  goal: Number((1 / goal).toFixed(2)),
});
console.log(`${times.toFixed(2)} times a bare publish (goal ${goal}), load ${loadavg()[0]?.toFixed(1)}`);

await Promise.all(decks.map(deck => deck.close()));
for (const subscriber of bare) subscriber.disconnect();
const cutOff = await Promise.all(
  Array.from({length: Math.min(followers, 50)}, () =>
    connect({store: `redis://127.0.0.1:${proxy.port}/0`, stateFolder: false}),
  ),
);
const late = cutOff.map(deck => deck.feature(FEATURE));
await Promise.all(late.map(pay => pay.ready(30_000)));
for (let round = 0; round < Number(values.cut); round++) {
  await proxy.refuse();
  await delay(3000);
  const {version} = await appendNext(feature, {split: splitAt(50 + round)});
  await proxy.accept();
  const began = performance.now();
  await all(() => late.every(pay => pay.decide({id: 'u-1'}).version === version));
  console.log(
    `cut off for 3 s during the change: the last of ${late.length} right ${(performance.now() - began).toFixed(0)} ms after the return (goal 1000)`,
  );
}
await Promise.all(cutOff.map(deck => deck.close()));
publisher.disconnect();
await once(publisher, 'end').catch(() => undefined);
await operator.close();
await proxy.close();
await redis.dispose();
