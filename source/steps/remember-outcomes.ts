import type {Performed, StepRunner} from './run-steps.ts';

type PerformerOf = StepRunner['performerOf'];

/**
 * Performers that know what has come of a step when it could not be told: the store was away, or the guard was lost and
 * won again meanwhile. Begun once more by this process, and by nobody else in between, it is told and not done again.
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
        // An outcome that was told leaves the step ended; one that is pending again is to be done again.
        if (step.state !== 'running' || last?.key !== key(step.attempts)) {
          const performed = await performer.perform(step, context);
          // What was stopped in the middle has no outcome.
          if (context.signal.aborted && performed.outcome !== 'done') return performed;
          last = {key: '', performed};
        }
        last.key = key(step.attempts + 1);
        return last.performed;
      },
    };
  };
}
