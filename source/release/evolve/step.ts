import type {Event, Happened} from '../event.ts';
import type {Release, ReleaseState, RunName, State, Step} from '../state.ts';

type StepEvent = Extract<Event, {type: `step-${string}` | 'gate-closed'}>;

/** State of a release after a retry in each run. */
const RUNNING: Record<Exclude<RunName, 'phase'>, ReleaseState> = {
  deploy: 'deploying',
  promotion: 'promoting',
  rollback: 'rolling_back',
};

export function evolveStep(state: State, event: StepEvent, happened: Happened): State {
  const {release} = state;
  const step = release?.steps.find(one => one.id === event.step);
  if (release === null || release.id !== event.release || step === undefined) return state;
  const steps = release.steps.map(one => (one.id === event.step ? changed(one, event, happened) : one));
  return {...state, release: {...release, steps, ...consequences(release, step, event)}};
}

function changed(step: Step, event: StepEvent, {at, by}: Happened): Step {
  switch (event.type) {
    case 'step-started':
      return {
        ...step,
        state: 'running',
        attempts: step.attempts + 1,
        startedAt: at,
        deadline: event.deadline,
        endedAt: null,
        by,
        error: null,
      };
    case 'gate-closed':
      return {...step, words: event.words};
    case 'step-ended':
      return {
        ...step,
        state: event.outcome,
        endedAt: at,
        deadline: null,
        error: event.error,
        facts: event.facts,
      };
    case 'step-retried':
      return {
        ...step,
        state: 'pending',
        startedAt: null,
        endedAt: null,
        deadline: null,
        error: null,
        facts: {},
      };
  }
}

function consequences(release: Release, step: Step, event: StepEvent): Partial<Release> {
  // From here on prod may be another version, whatever the outcome of the hook.
  if (event.type === 'step-started' && step.name === 'promote') return {prodChanged: true};
  if (event.type === 'step-retried' && step.run !== 'phase') return {state: RUNNING[step.run], endedAt: null};
  return {};
}
