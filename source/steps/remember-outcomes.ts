import type {Performed, StepRunner} from './run-steps.ts';

type PerformerOf = StepRunner['performerOf'];

/**
 * Remembers an outcome that could not be written, because the store was away or the guard was lost meanwhile.
 * If this process begins the same attempt again, and no other process did, the outcome is written and the
 * step is not repeated.
 */
export function rememberOutcomes(performerOf: PerformerOf): PerformerOf {
  let last: {key: string; performed: Performed} | null = null;
  return (step, release) => {
    const performer = performerOf(step, release);
    if (performer === null) return null;
    return {
      ...performer,
      async perform(step, context) {
        const key = (attempt: number) => `${context.release.id} ${step.id} ${attempt}`;
        // A written outcome ends the step. A pending step must be done again.
        if (step.state !== 'running' || last?.key !== key(step.attempts)) {
          const performed = await performer.perform(step, context);
          // An interrupted step has no outcome.
          if (context.signal.aborted && performed.outcome !== 'done') return performed;
          last = {key: '', performed};
        }
        last.key = key(step.attempts + 1);
        return last.performed;
      },
    };
  };
}
