import {expect, test} from 'vitest';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import type {EvidenceSnapshot} from '../../../source/analysis/evidence/reading.ts';
import type {EvidenceTick, SideTick} from '../../../source/analysis/evidence/tick.ts';

const OPTIONS = {falseAlarms: 0.01, margin: 0};

function side(requests: number, errors: number, conversions: number): SideTick {
  return {requests, errors, conversions, hist: [[52, requests]]};
}

/** Seconds in which gray fails and converts as given; prod is well. */
function ticks(from: number, count: number, errors: number, conversions: number): EvidenceTick[] {
  return Array.from({length: count}, (_, index) => ({
    t: from + index,
    grayShare: 0.5,
    prod: side(100, (from + index) % 4 === 0 ? 1 : 0, 20),
    gray: side(100, errors, conversions),
  }));
}

test('a finding that starts again has decided nothing, and may decide once more', () => {
  const evidence = createEvaluator(OPTIONS);
  for (const tick of ticks(1, 30, 30, 20)) evidence.observe(tick);
  expect(evidence.read()).toMatchObject({decided: true, worst: 'error_rate'});
  evidence.startAgain('error_rate');
  expect(evidence.read()).toMatchObject({decided: false, decidedAt: null});
  for (const tick of ticks(31, 30, 30, 20)) evidence.observe(tick);
  expect(evidence.read()).toMatchObject({decided: true, worst: 'error_rate'});
});

test('other findings keep what they have found', () => {
  const evidence = createEvaluator(OPTIONS);
  for (const tick of ticks(1, 60, 30, 1)) evidence.observe(tick);
  const of = (metric: string) => evidence.read()?.metrics.find(one => one.metric === metric)?.logE;
  const before = of('conversion_rate');
  evidence.startAgain('error_rate');
  expect(of('conversion_rate')).toBe(before);
  expect(evidence.read()).toMatchObject({decided: true, worst: 'conversion_rate'});
});

test('an evaluator made from a checkpoint knows that it has started again', () => {
  const evidence = createEvaluator(OPTIONS);
  for (const tick of ticks(1, 30, 30, 20)) evidence.observe(tick);
  evidence.startAgain('error_rate');
  const kept = JSON.parse(JSON.stringify(evidence.snapshot())) as EvidenceSnapshot;
  const next = createEvaluator(OPTIONS, kept);
  for (const tick of ticks(31, 10, 1, 20)) expect(next.observe(tick)).toEqual(evidence.observe(tick));
});

test('a metric that evidence does not know changes nothing', () => {
  const evidence = createEvaluator(OPTIONS);
  for (const tick of ticks(1, 30, 30, 20)) evidence.observe(tick);
  const before = evidence.read();
  evidence.startAgain('no such metric');
  expect(evidence.read()).toEqual(before);
});
