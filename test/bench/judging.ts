/**
 * What one judging step costs: twelve metrics over five minutes, guardrails and evidence, a thousand requests a second.
 *
 *     node test/bench/judging.ts [--seconds 600] [--json]
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {NO_EXTERNAL} from '../../source/analysis/judge/read-metric.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import {openController} from '../../source/controller/controller.ts';
import {arrivals, normal, seeded} from '../../source/demo/behaviour.ts';
import {Judging} from '../../source/monitor/judging.ts';
import {releaseFacts} from '../../source/monitor/judge-until.ts';
import {openStore} from '../../source/store/open.ts';
import {feed, T0} from '../analysis/feed.ts';
import {median, quantile} from './quantile.ts';

const {values} = parseArgs({
  options: {seconds: {type: 'string', default: '600'}, json: {type: 'boolean', default: false}},
});
const seconds = Number(values.seconds);
const HISTORY = 300;
const CRITERIA = [
  'error_rate < 5 %',
  'availability > 90 %',
  'throughput > 1',
  'conversion_rate > 0.5x prod',
  'active_users > 1',
  'feature_use_rate.export > 1 %',
  'response_time < 1.5x prod',
  'response_time_p50 < 1.5x prod',
  'feature_use_rate.search > 1 %',
  'feature_use_rate.export > 0.5x prod',
  'response_time_p95 < 1.5x prod',
  'response_time_p99 < 1.5x prod',
];
const PLAN = `phases:
  - {name: few, percent: 10, duration: 24h, criteria: ${JSON.stringify(CRITERIA)}}
  - {name: all, percent: 100}
presets: [seed-rollback]`;

const read = readPlan(PLAN, 'plan.yaml');
if (!read.ok) throw new Error(read.mistakes.map(({message}) => message).join('; '));
const random = seeded(5);

function entry(side: string, mean: number): string {
  const requests = arrivals(mean, random);
  const times = new LogHistogram();
  for (let index = 0; index < requests; index++) times.add(80 * Math.exp(0.6 * normal(random)));
  const part = (share: number) => Math.min(requests, arrivals(requests * share, random));
  return (
    `side ${side} requests ${requests} errors ${part(0.005)} conversions ${part(0.05)} unavailable ${part(0.001)} ` +
    `uses.export ${part(0.1)} uses.search ${part(0.2)} response_time ${times.encode()}`
  );
}

const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-judging-'));
const store = await openStore(`sqlite:${join(folder, 'deck.db')}`, 'operator', {env: {}});
let now = T0;
const controller = openController({feature: 'pay', log: store.feature('pay').log, now: () => now});
await controller.ready();
const begin = T0 + HISTORY * 1000;
now = begin;
const start = {type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan: read.plan} as const;
await controller.execute(start, {by: {name: 'bench', kind: 'person'}});

const windows = new Windows();
for (let at = T0; at < begin; at += 1000) feed(windows, at, entry('prod', 1000), at + 1000);
windows.begin({release: 'r-1', splitVersion: 0, since: begin});
const means = {
  windows,
  aheadMs: () => null,
  external: NO_EXTERNAL,
  traits: metricBook().find,
  createEvaluator,
};
const from = {release: 'r-1', at: begin, notBefore: 0, version: 0, judge: null, evidence: null};
const judging = new Judging(means, from);
const took: number[] = [];
let action = 'none';
for (let second = 1; second <= HISTORY + seconds; second++) {
  now = begin + second * 1000;
  feed(windows, now - 1000, entry('prod', 900), now);
  feed(windows, now - 1000, entry('gray', 100), now);
  const scene = releaseFacts(judging, controller, []);
  if (scene === null) throw new Error('the release is gone');
  const began = performance.now();
  const judgement = judging.look(now, scene);
  // Until windows are full there is less to do.
  if (second > HISTORY) took.push(performance.now() - began);
  action = judgement.verdict.action;
}
const bytes = JSON.stringify(judging.checkpoint()).length;
await controller.close();
await store.close();
await rm(folder, {recursive: true});

const figures = {
  seconds,
  medianMs: median(took),
  p99Ms: quantile(took, 0.99),
  checkpointBytes: bytes,
  action,
};
process.stdout.write(
  values.json
    ? `${JSON.stringify({...figures, cpu: cpus()[0]?.model, load: loadavg()[0]})}\n`
    : `a judging step of ${CRITERIA.length} metrics with evidence: median ${figures.medianMs.toFixed(3)} ms (goal 1), ` +
        `99 % within ${figures.p99Ms.toFixed(2)} ms; a checkpoint of ${bytes} bytes; the last verdict: ${action}. ` +
        `Load ${loadavg()[0]?.toFixed(1)}\n`,
);
