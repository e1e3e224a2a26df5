import type {HookName} from '../release/plan.ts';
import {hookPerformer} from './hook.ts';
import type {StepRunner} from './run-steps.ts';
import {trafficPerformer, type TrafficView} from './traffic.ts';

/** Who does which step: traffic is waited for by Graydeck itself, everything else is an operator's command. */
export function performersFor(
  feature: string,
  view: TrafficView,
  epoch: () => number | null,
): StepRunner['performerOf'] {
  return (step, release) => {
    if (step.name === 'traffic' || step.name === 'traffic-to-prod') return trafficPerformer(view);
    // Other steps without a hook are skipped from the start; they never come to be due.
    const hook = release.plan.hooks[step.name as HookName];
    return hook === undefined ? null : hookPerformer(hook, feature, epoch());
  };
}
