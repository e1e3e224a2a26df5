/**
 * How soon SDK followers are right again once the network to the store is back: its packets were lost, or its plug was
 * pulled; no connection was closed. Needs root, for a network of its own.
 *
 * `node test/bench/network-cut.ts [--rounds 5] [--followers 20] [--json]`
 */
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {connect} from '../../source/sdk/index.ts';
import {openStore} from '../../source/store/open.ts';
import {splitNamed} from '../audience/conformance.ts';
import {openNetwork} from '../servers/network.ts';
import {startRedis} from '../servers/redis.ts';
import {appendNext} from '../store/commits.ts';
import {quantile} from './quantile.ts';

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    followers: {type: 'string', default: '20'},
    json: {type: 'boolean', default: false},
  },
});
const FEATURE = 'new_payment';
/** On gray by the conformance file. */
const USER = {id: 'u-298'};
const GIVE_UP_MS = 20_000;

using network = openNetwork();
const redis = await startRedis({network});
const operator = await openStore(redis.url, 'operator', {env: {}});
const split = {...splitNamed('everyone'), staleAfterMs: 2000, whenStale: 'prod'} as const;
await appendNext(operator.feature(FEATURE), {split});
const decks = await Promise.all(
  Array.from({length: Number(values.followers)}, async (_, n) =>
    connect({store: redis.url, instance: `bench-${n}`, stateFolder: false, env: {}}),
  ),
);
const followers = decks.map(deck => deck.feature(FEATURE));
await Promise.all(followers.map(one => one.ready(10_000)));
const count = (side: 'prod' | 'gray') => followers.filter(one => one.decide(USER).side === side).length;

/** Milliseconds from the return until each is on gray again. */
async function returns(): Promise<number[]> {
  const began = performance.now();
  const back = new Map<number, number>();
  while (back.size < followers.length && performance.now() - began < GIVE_UP_MS) {
    for (const [n, one] of followers.entries())
      if (!back.has(n) && one.decide(USER).side === 'gray') back.set(n, performance.now() - began);
    await delay(2);
  }
  return followers.map((_, n) => back.get(n) ?? Number.POSITIVE_INFINITY);
}

const ways = {cut: () => network.cut(), unplugged: () => network.unplug()};
const rows: {way: string; medianMs: number; mostMs: number}[] = [];
try {
  for (const [way, lose] of Object.entries(ways)) {
    const all: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      lose();
      // At another moment of everybody's tries each time.
      await delay(5000 + Math.random() * 3000);
      if (count('gray') > 0) throw new Error('somebody is on gray without the store');
      network.mend();
      all.push(...(await returns()));
      await delay(500);
    }
    rows.push({way, medianMs: Math.round(quantile(all, 0.5)), mostMs: Math.round(Math.max(...all))});
  }
} finally {
  network.mend();
  await Promise.all(decks.map(deck => deck.close()));
  await operator.close();
  await redis.dispose();
}
if (values.json) process.stdout.write(`${JSON.stringify({rows})}\n`);
else
  for (const {way, medianMs, mostMs} of rows)
    process.stdout.write(`${way.padEnd(10)} right again after ${medianMs} ms, at most ${mostMs} ms\n`);
