import {hookPerformer, type HookOptions} from './hook.ts';
import {confirmPerformer} from './confirm.ts';
import {phaseHookOf} from '../release/phase-change.ts';
import type {Performer, StepRunner} from './run-steps.ts';
import {snapshotPerformer, takeEarly, type TakeSnapshot} from './snapshot.ts';
import {trafficPerformer, type TrafficView} from './traffic.ts';

/** By what means steps are done. */
export interface StepOptions extends Pick<
  HookOptions,
  'feature' | 'outputs' | 'hides' | 'mayRun' | 'tellGate'
> {
  traffic: TrafficView;
  /** Of the guard that acts; null: nobody guards. */
  epoch(): number | null;
  takeSnapshot: TakeSnapshot;
  /** Sees that everybody is told of a rollback; null: there is no channel. */
  notify: Performer | null;
}

/** Who does which step: Graydeck waits for traffic, tells people and keeps a snapshot; all else is an operator's command. */
export function performersFor({
  feature,
  outputs,
  hides,
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
        const options = {feature, outputs, hides, mayRun, tellGate, now, epoch: epoch(), phase};
        return step.name === 'confirm'
          ? confirmPerformer(found.hook, options)
          : hookPerformer(found.hook, options);
      }
      default: {
        // Other steps without a hook are skipped from the start; they never come to be due.
        const hook = release.plan.hooks[step.name];
        return hook === undefined
          ? null
          : hookPerformer(hook, {feature, outputs, hides, mayRun, epoch: epoch()});
      }
    }
  };
}

/** The same performer; what it has done is followed by this. */
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
