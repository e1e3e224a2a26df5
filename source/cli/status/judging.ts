import type {ExternalNumbers} from '../../analysis/judge/external.ts';
import type {Judged} from '../../analysis/judge/judged.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {FeatureView} from '../../store/port.ts';
import {beginObserving} from '../../monitor/observing.ts';
import type {OpenMeasuring} from '../../monitor/measuring.ts';
import type {Settings} from '../session/settings.ts';

/** What is judged for a status: as the guard does, and writing nothing. */
export interface StatusJudging {
  judged(): Judged | null;
  /** Resolves after the first look, whatever came of it. */
  first: Promise<void>;
  close(): Promise<void>;
}

/** Begins to judge a feature each second, until it is closed. */
export function beginJudging(
  {feature, view, settings}: {feature: FeatureView; view: ControllerView; settings: Pick<Settings, 'config'>},
  measuring: OpenMeasuring,
  external: ExternalNumbers,
): StatusJudging {
  const stop = new AbortController();
  const looked = {feature, view, measuring, settings, external, routers: () => feature.routers.list()};
  const {judged, first, ended} = beginObserving(looked, stop.signal);
  return {
    judged,
    first,
    async close() {
      stop.abort();
      await ended;
    },
  };
}
