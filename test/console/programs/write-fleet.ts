/**
 * Keeps the summaries of many features fresh in a store, as their guards would: `node write-fleet.ts STORE COUNT`. One
 * fails, one is paused, one waits for a second person, one is disabled, some are completed; raises are frozen.
 */
import {setTimeout as pause} from 'node:timers/promises';
import {builtInPlan} from '../../../source/config/plan/built-in.ts';
import {openController} from '../../../source/controller/controller.ts';
import {sourceOf} from '../../../source/controller/ids.ts';

import type {Summary} from '../../../source/monitor/summary.ts';
import {openStore} from '../../../source/store/open.ts';

const [address = '', count = '10'] = process.argv.slice(2);
const NAMES = [
  'new_payment',
  'search_v3',
  'new_ui',
  'checkout',
  'login',
  'pricing',
  'mail_digest',
  'upload',
  'feed',
  'maps',
];
const MINUTE_MS = 60_000;
const store = await openStore(address, 'operator', {env: {}});
const by = {name: 'liu on laptop', kind: 'person'} as const;
const names = Array.from({length: Number(count)}, (_, index) => NAMES[index] ?? `feature_${index}`);
const begunAt = store.now();

for (const [index, name] of names.entries()) {
  const controller = openController(sourceOf(store, name));
  await controller.ready();
  const start = {
    type: 'start',
    release: `r-${index}`,
    version: 'v1.1.0',
    over: 'v1.0.9',
    plan: builtInPlan,
  } as const;
  await controller.execute(start, {by});
  await controller.close();
}
await store.freezes.write({
  type: 'freeze',
  until: begunAt + 8 * 60 * MINUTE_MS,
  reason: 'audit',
  by: by.name,
  authenticated: null,
  at: begunAt,
});

/** What is the matter with some of them. */
function odd(index: number, now: number): Partial<Summary> {
  switch (index) {
    case 0:
      return {
        verdict: {action: 'rollback', text: 'error rate 6.2 %, limit 5 %'},
        onset: begunAt - 41_000,
        alerts: {open: 1, unacknowledged: 1},
      };
    case 1:
      return {barred: {why: 'approval', at: begunAt - 12 * MINUTE_MS, by: by.name}, percent: percentOf(5)};
    case 2:
      return {state: 'paused', verdict: {action: 'hold', text: 'paused: "checking a user report"'}};
    case 3:
    case 9:
      return {state: 'completed', at: begunAt - 20 * 60 * MINUTE_MS, verdict: null};
    case 4:
      return {barred: {why: 'disabled', at: begunAt - 3 * MINUTE_MS, by: 'ana on ops-1'}};
    case 5:
      return {guard: null, verdict: {action: 'hold', text: 'beta has 2:14:00 of 48:00:00 left'}};
    case 8:
      return {state: 'rolled_back', at: begunAt - 3 * 60 * MINUTE_MS, verdict: null};
    default:
      return {at: now};
  }
}

function percentOf(set: number): Summary['percent'] {
  return {set, applied: set, observed: set - 0.2};
}

function summaryOf(index: number, name: string, now: number): Summary {
  const rates = (base: number) =>
    Array.from({length: 6}, (_, step) => base + Math.sin(step + now / 10_000) / 10);
  const minute = (base: number) => ({
    requests: 900,
    errorRate: base,
    conversionRate: 3.2,
    p95: 180,
    errorRates: rates(base),
  });
  return {
    schema: 'graydeck.summary/1',
    feature: name,
    at: now,
    by: 'fleet',
    state: 'rolling',
    version: 'v1.1.0',
    phase: {name: 'beta', index: 1, of: 4},
    percent: percentOf(20),
    verdict: {action: 'hold', text: 'like prod, beta has 2:14:00 left'},
    onset: null,
    lastMinute: {prod: minute(0.5), gray: minute(index === 0 ? 6.2 : 0.5)},
    alerts: {open: 0, unacknowledged: 0},
    barred: null,
    guard: `guard on ops-${(index % 2) + 1}`,
    ...odd(index, now),
  };
}

process.stdout.write('ready\n');
for (;;) {
  const now = store.now();
  for (const [index, name] of names.entries())
    await store.feature(name).summary.write(JSON.stringify(summaryOf(index, name, now)));
  await pause(1000);
}
