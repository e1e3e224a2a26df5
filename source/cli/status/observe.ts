import {judgementOf, type Judged} from '../../analysis/judge/judged.ts';
import type {WindowView} from '../../analysis/numbers.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {PrometheusPoller} from '../../metrics/prometheus/poller.ts';
import type {FeatureView} from '../../store/port.ts';
import type {Observed} from './document.ts';

/** Reads all that `status` shows at one moment. What cannot be read beside the log is unknown, not an error. */
export async function observe(
  feature: FeatureView,
  view: ControllerView,
  windows: WindowView | null,
  windowMs: number,
  prometheus: Pick<PrometheusPoller, 'snapshot'> | null,
  judged: () => Judged | null = () => null,
): Promise<Observed> {
  const [reports, lease] = await Promise.all([
    feature.routers.list().catch(() => null),
    feature.lease.read().catch(() => undefined),
  ]);
  const now = view.now();
  const window = {from: now - windowMs, to: now};
  const externals = prometheus?.snapshot() ?? [];
  const isGuardSilent = lease === null;
  const snapshot = view.snapshot();
  const judgement = judgementOf(judged(), snapshot.state.release);
  return {
    feature: feature.feature,
    snapshot,
    isGuardSilent,
    reports,
    windows,
    externals,
    judgement,
    window,
    now,
  };
}
