import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {startDemoService, type DemoService} from '../../source/demo/service.ts';
import {openController} from '../../source/controller/controller.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore, RoutingStore} from '../../source/store/port.ts';
import {eventually} from '../patience.ts';

const FEATURE = 'new_payment';
let folder: string;
let operator: OperatorStore;
let routing: RoutingStore;
let feature: FeatureStore;
let controller: Controller;
let service: DemoService;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'graydeck-demo-'));
  const address = `sqlite:${join(folder, 'demo.db')}`;
  operator = await openStore(address, 'operator');
  routing = await openStore(address, 'router');
  feature = operator.feature(FEATURE);
  controller = openController({feature: FEATURE, log: feature.log, now: () => operator.now()});
  await controller.ready();
  service = startDemoService({store: routing.feature(FEATURE), now: () => routing.now(), failsAfterMs: null});
});

afterEach(async () => {
  await service.close();
  await controller.close();
  await operator.close();
  await routing.close();
  await rm(folder, {recursive: true});
});

const by = {name: 'liu', kind: 'person'} as const;

async function samplesSince(ms: number): Promise<Map<string, string>[]> {
  const found: Map<string, string>[] = [];
  await feature.samples.history(
    ms,
    entries => {
      for (const {fields} of entries) {
        found.push(
          new Map(
            fields.flatMap((name, index) => (index % 2 === 0 ? [[name, fields[index + 1] ?? '']] : [])),
          ),
        );
      }
    },
    new AbortController().signal,
  );
  return found;
}

test('every instance reports its split and sends users to gray by it', async () => {
  await controller.execute({type: 'start', release: 'r-1', version: 'v2', plan: builtInPlan}, {by});
  await eventually(async () => {
    const reports = await feature.routers.list();
    expect(reports.map(({percent, live}) => ({percent, live}))).toEqual(
      Array.from({length: 3}, () => ({percent: 5, live: true})),
    );
  });
  await eventually(async () => {
    const gray = (await samplesSince(0)).filter(sample => sample.get('side') === 'gray');
    expect(gray.length).toBeGreaterThan(3);
    // The cohort `eligible` is the default and left out. Each request names its user.
    const isRight = (sample: Map<string, string>) =>
      sample.get('release') === 'r-1' && !sample.has('cohort') && sample.has('people');
    expect(gray.every(isRight)).toBe(true);
  });
});

test('after a rollback no user gets gray', async () => {
  await controller.execute({type: 'start', release: 'r-1', version: 'v2', plan: builtInPlan}, {by});
  await eventually(async () =>
    expect((await samplesSince(0)).some(sample => sample.get('side') === 'gray')).toBe(true),
  );
  await controller.execute({type: 'rollback', release: 'r-1'}, {by});
  await eventually(async () => {
    const reports = await feature.routers.list();
    expect(reports.every(({live, percent}) => !live && percent === 0)).toBe(true);
  });
  // One batch may still arrive. Later samples must be prod alone.
  const confirmedAt = operator.now();
  await eventually(async () => {
    const later = (await samplesSince(confirmedAt)).filter(sample => sample.get('split') === '2');
    expect(later.length).toBeGreaterThan(3);
    expect(later.filter(sample => sample.get('side') === 'gray')).toEqual([]);
  });
});

test('gray fails and recovers on demand', () => {
  expect(service.isFailing()).toBe(false);
  service.toggle();
  expect(service.isFailing()).toBe(true);
  service.toggle();
  expect(service.isFailing()).toBe(false);
});

test('the past of prod has 15 minutes, one entry a second, with percentiles', async () => {
  await service.writePast();
  const past = (await samplesSince(0)).filter(sample => sample.get('instance') === 'past');
  expect(past).toHaveLength(900);
  expect(Math.max(...past.map(sample => Number(sample.get('age'))))).toBeGreaterThan(890_000);
  const times = LogHistogram.decode(past[0]?.get('response_time') ?? '');
  expect(times?.quantile(0.95)).toBeGreaterThan(120);
});
