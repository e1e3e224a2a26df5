import {hookPerformer, type HookOptions} from './hook.ts';
import {confirmPerformer} from './confirm.ts';
import {phaseHookOf} from '../release/phase-change.ts';
import type {Performer, StepRunner} from './run-steps.ts';
import {snapshotPerformer, takeEarly, type TakeSnapshot} from './snapshot.ts';
import {trafficPerformer, type TrafficView} from './traffic.ts';

/** What the performers of all steps need. */
export interface StepOptions extends Pick<
  HookOptions,
  'feature' | 'outputs' | 'variables' | 'mayRun' | 'tellGate'
> {
  traffic: TrafficView;
  /** Epoch of the acting guard; null without a guard. */
  epoch(): number | null;
  takeSnapshot: TakeSnapshot;
  /** Waits for the notifications of a rollback; null if no channel is configured. */
  notify: Performer | null;
}

/**
 * Returns the function that chooses the performer of a step. Graydeck itself does traffic, notify and
 * snapshot. All other steps are operators' commands.
 */
export function performersFor({
  feature,
  outputs,
  variables,
  mayRun,
  tellGate,
  traffic,
  epoch,
  takeSnapshot,
  notify,
}: StepOptions): StepRunner['performerOf'] {
  return (step, release) => {
    switch (step.name) {
      case 'traffic':
      case 'traffic-to-prod':
        return step.run === 'rollback'
          ? followedBy(trafficPerformer(traffic, step), () => void takeEarly(takeSnapshot, outputs, release))
          : trafficPerformer(traffic, step);
      case 'notify':
        return notify;
      case 'snapshot':
        return snapshotPerformer(takeSnapshot, outputs);
      case 'before':
      case 'after':
      case 'confirm': {
        const found = phaseHookOf(release, step);
        if (found?.hook === undefined) return null;
        const phase = release.plan.phases[found.phase];
        const now = () => traffic.now();
        const options = {feature, outputs, variables, mayRun, tellGate, now, epoch: epoch(), phase};
        return step.name === 'confirm'
          ? confirmPerformer(found.hook, options)
          : hookPerformer(found.hook, options);
      }
      default: {
        // Other steps without a hook are skipped from the start and never become due.
        const hook = release.plan.hooks[step.name];
        return hook === undefined
          ? null
          : hookPerformer(hook, {feature, outputs, variables, mayRun, epoch: epoch()});
      }
    }
  };
}

/** Returns the performer with a call after it. */
function followedBy(performer: Performer, then: () => void): Performer {
  return {
    ...performer,
    async perform(step, context) {
      const performed = await performer.perform(step, context);
      then();
      return performed;
    },
  };
}
