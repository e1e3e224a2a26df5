import {z} from 'zod';
import type {Plan, RampEqual} from '../../release/plan.ts';
import {readCriteria} from './criteria.ts';
import {durationAboveZero, oneOf, percent} from '../yaml/leaf.ts';
import {readAudience, type PhaseDraft} from './phases.ts';
import {child, isWritten, type Reader, type Spot} from '../yaml/reader.ts';

const MOST_STEPS = 100;
const SHAPE = {
  step: percent,
  every: durationAboveZero,
  from: percent,
  audience: z.unknown(),
  include: z.unknown(),
  criteria: z.unknown(),
  equal: oneOf(['advance', 'hold'] as const satisfies readonly RampEqual[]),
};

/**
 * `ramp: {step: 10 %, every: 30s}` as the phases 10, 20, … 100 %. `from` begins elsewhere; `audience`, `include` and
 * `criteria` hold for every step, criteria for those below 100 % only: there is nothing to go on to after that. `equal: hold`
 * stays on a step while gray is not shown to be better.
 */
export function readRamp(reader: Reader, spot: Spot): {phases: PhaseDraft[]; ramp: Plan['ramp']} {
  const none = {phases: [], ramp: null};
  const fields = reader.fields(spot, SHAPE, {
    by: 'step',
    increment: 'step',
    interval: 'every',
    start: 'from',
    maintain: 'equal',
    alike: 'equal',
  });
  if (fields === null) return none;
  reader.require(spot, {step: 'step: 10 %', every: 'every: 30s'});
  const people = readAudience(reader, spot);
  const criteria = isWritten(spot, 'criteria') ? readCriteria(reader, child(spot, 'criteria')) : [];
  const {step, every, from = step} = fields;
  if (step === undefined || every === undefined || from === undefined) return none;
  if (step === 0 || (100 - from) / step > MOST_STEPS) {
    reader.mistake(child(spot, 'step'), {
      message:
        step === 0 ? 'a step of 0 % never arrives' : `steps of ${step} % are more than ${MOST_STEPS} phases`,
      allowed: '1 % or more',
    });
    return none;
  }
  const phases = rungs(from, step).map((rung): PhaseDraft => ({
    spot,
    name: `${rung} %`,
    percent: rung,
    durationMs: rung === 100 ? null : every,
    ...people,
    criteria: rung === 100 ? [] : criteria,
    needsEarlierCriteria: false,
    manual: false,
    whenStale: null,
  }));
  const equal = fields.equal === undefined ? {} : {equal: fields.equal};
  return {phases, ramp: {stepPercent: step, everyMs: every, ...equal}};
}

/** Counted in hundredths of a percent: sums of decimals would drift. */
function rungs(from: number, step: number): number[] {
  const [first, wide] = [Math.round(from * 100), Math.round(step * 100)];
  const below = Array.from(
    {length: Math.ceil((10_000 - first) / wide)},
    (_, index) => (first + index * wide) / 100,
  );
  return [...below, 100];
}
