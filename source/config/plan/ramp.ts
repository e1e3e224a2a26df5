import {z} from 'zod';
import type {Plan} from '../../release/plan.ts';
import {criteria} from './criteria.ts';
import {durationAboveZero, percent} from '../yaml/leaf.ts';
import {draftOf, peopleKeys, type PhaseDraft} from './phases.ts';
import {child, isWritten} from '../yaml/reader.ts';
import {made, mapping, may, must} from '../yaml/tree.ts';

const MOST_STEPS = 100;

const keys = mapping(
  {
    step: must(percent, 'Percentage points of each step.', '10 %'),
    every: must(durationAboveZero, 'Time between two steps.', '30s'),
    from: may(percent, 'Percentage of the first step.', '5 %', 'one step'),
    ...peopleKeys,
    criteria: may(
      criteria,
      'Conditions that must be shown to hold before each step below 100 % is left.',
      '["error_rate < 1 %"]',
      'none',
    ),
    equal: may(
      z.enum(['advance', 'hold']),
      '`hold` stays on a step while gray is not shown to be better than prod.',
      'hold',
      'advance',
    ),
  },
  {
    example: '{step: 10 %, every: 30s}',
    alsoCalled: {
      by: 'step',
      increment: 'step',
      interval: 'every',
      start: 'from',
      maintain: 'equal',
      alike: 'equal',
    },
  },
);

/** `ramp: {step: 10 %, every: 30s}` as the phases 10, 20, … 100 %. The last one has no criteria: no phase follows it. */
export const ramp = made(
  keys,
  (draft, at, reader): {phases: PhaseDraft[]; ramp: Plan['ramp']} | undefined => {
    const {step, every, from = step, equal} = draft;
    if (step === undefined || every === undefined || from === undefined) return undefined;
    if (step === 0 || (100 - from) / step > MOST_STEPS)
      return reader.mistake(child(at, 'step'), {
        message:
          step === 0
            ? 'a step of 0 % never arrives'
            : `steps of ${step} % are more than ${MOST_STEPS} phases`,
        allowed: '1 % or more',
      });
    const phases = rungs(from, step).map((rung): PhaseDraft => ({
      ...draftOf(at, {name: `${rung} %`, percent: rung}),
      durationMs: rung === 100 ? null : every,
      audience: isWritten(at, 'audience') ? draft.audience : null,
      ...(draft.include === undefined ? {} : {include: draft.include}),
      criteria: rung === 100 ? [] : (draft.criteria ?? []),
    }));
    return {
      phases,
      ramp: {stepPercent: step, everyMs: every, ...(equal === undefined ? {} : {equal})},
    };
  },
);

/** Counted in hundredths of a percent: sums of decimals would drift. */
function rungs(from: number, step: number): number[] {
  const [first, wide] = [Math.round(from * 100), Math.round(step * 100)];
  const below = Array.from(
    {length: Math.ceil((10_000 - first) / wide)},
    (_, index) => (first + index * wide) / 100,
  );
  return [...below, 100];
}
