import {once} from 'node:events';
import type {DeclaredMetrics} from '../../analysis/metric-table.ts';
import {analysisSnapshot} from '../../analysis/windows/snapshot.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {TakeSnapshot} from '../../steps/snapshot.ts';
import {Measurements} from '../../metrics/follower.ts';
import type {FeatureView} from '../../store/port.ts';

/** Reads what the store still holds of a release, whatever its split was at the time. */
export function snapshotTaker(
  feature: Pick<FeatureView, 'samples' | 'rollUps'>,
  view: ControllerView,
  declared: DeclaredMetrics,
): TakeSnapshot {
  return async (release, signal) => {
    const now = () => view.now();
    const measurements = new Measurements({
      samples: feature.samples,
      rollUps: feature.rollUps,
      now,
      ...declared,
    });
    measurements.setRelease({release: release.id, splitVersion: 0, since: release.startedAt});
    try {
      const stopped = signal.aborted ? Promise.resolve() : once(signal, 'abort');
      await Promise.race([measurements.start(), stopped]);
      const {state} = view.snapshot();
      const {windows} = measurements;
      return analysisSnapshot({state, release, commits: view.commits(), windows, now: now()});
    } finally {
      await measurements.close();
    }
  };
}
