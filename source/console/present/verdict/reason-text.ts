import type {ReasonCode} from '../../../analysis/judge/reasons.ts';
import type {Reason} from '../../../release/state.ts';
import type {Scene} from '../screen.ts';
import {metricLabel} from './quantity.ts';

/** A reason of which no more is known than what the log has: in the words of the screen, or as it was written. */
export function reasonText(reason: Reason, scene: Pick<Scene, 't' | 'clean'>): string {
  const {verdict} = scene.t;
  const simple = verdict.simple[reason.code as ReasonCode];
  return (
    simple ?? verdict.logged(reason, metric => metricLabel(metric, scene)) ?? scene.clean.free(reason.text)
  );
}
