import type {Begin} from '../../analysis/windows/windows.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import {Measurements} from '../../metrics/follower.ts';
import type {FeatureView} from '../../store/port.ts';
import type {Settings} from './settings.ts';

/**
 * Opens the measurements of a feature; they speak of the release and split at hand, whatever happens in the log.
 * `notBefore`: numbers speak of nothing before this moment, the store's clock; asked at each change of the log, and when
 * told to `recount`.
 */
export function openMeasurements(
  feature: FeatureView,
  view: ControllerView,
  {declared}: Pick<Settings, 'declared'>,
  options: {historyMs?: number; keepSeconds?: number; notBefore?: () => number} = {},
): Measurements & {recount(): void} {
  const {notBefore = () => 0, ...rest} = options;
  const measurements = new Measurements({
    samples: feature.samples,
    rollUps: feature.rollUps,
    now: () => view.now(),
    clockAt: async () => (await feature.streamClocks()).samples,
    feature: feature.feature,
    ...declared,
    ...rest,
  });
  const begin = () => {
    const {state, splitVersion} = view.snapshot();
    const {release} = state;
    const begun: Begin =
      release === null
        ? {release: null, splitVersion: 0, since: 0}
        : {
            release: release.id,
            splitVersion,
            // A clock that went back leaves the split in the future: it holds by now.
            since: Math.max(Math.min(release.splitChangedAt, view.now()), notBefore()),
            startedAt: release.startedAt,
          };
    measurements.setRelease(begun);
  };
  begin();
  const stop = view.subscribe(begin);
  const close = measurements.close.bind(measurements);
  measurements.close = async () => {
    stop();
    await close();
  };
  return Object.assign(measurements, {recount: begin});
}
