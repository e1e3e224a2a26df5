/**
 * How long a commit takes while many routers report at once, beside a commit in a quiet moment; both taking turns.
 *
 * `node test/bench/reports.ts [--routers 200] [--commits 60]`
 */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {openStore} from '../../source/store/open.ts';
import {splitNamed} from '../audience/conformance.ts';
import {startRedis} from '../servers/redis.ts';
import {commitAfter} from '../store/commits.ts';
import {quantile} from './quantile.ts';

const {values} = parseArgs({
  options: {routers: {type: 'string', default: '200'}, commits: {type: 'string', default: '60'}},
});
const GOAL_MS = 5;
const redis = await startRedis();
const operator = await openStore(redis.url, 'operator', {env: {}});
const {log} = operator.feature('new_payment');
const storm = fork(new URL('report-storm.ts', import.meta.url).pathname, [redis.url, values.routers]);
await once(storm, 'message');

async function commitTakes(): Promise<number> {
  const commit = commitAfter(await log.head(), {split: splitNamed('rolled-back')});
  const began = performance.now();
  await log.append(commit);
  return performance.now() - began;
}
const quiet: number[] = [];
const busy: number[] = [];
for (let n = 0; n < Number(values.commits); n++) {
  await delay(30);
  quiet.push(await commitTakes());
  await delay(30);
  storm.send('report');
  // Reports of all are on their way for some milliseconds; the commit falls somewhere among them.
  await delay(n % 8);
  busy.push(await commitTakes());
}
const told = (times: readonly number[]) =>
  [0.5, 0, 0.95].map(share => quantile(times, share).toFixed(2)).join(' / ');
console.log(
  `a commit, ms, median / least / p95: quiet ${told(quiet)}; while ${values.routers} routers report ${told(busy)}`,
);
const more = quantile(busy, 0.5) - quantile(quiet, 0.5);
console.log(`${more.toFixed(2)} ms more (goal ${GOAL_MS})`);
storm.send('end');
await once(storm, 'exit');
await operator.close();
await redis.dispose();
