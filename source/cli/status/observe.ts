import {judgementOf, type Judged} from '../../analysis/judge/judged.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Measurements} from '../../metrics/follower.ts';
import type {PrometheusPoller} from '../../metrics/prometheus/poller.ts';
import type {FeatureView} from '../../store/port.ts';
import type {Observed} from '../../monitor/status-document.ts';

/** Reads all that `status` shows at one moment. What cannot be read beside the log is unknown, not an error. */
export async function observe(
  feature: FeatureView,
  view: ControllerView,
  {measurements, isRead}: {measurements: Pick<Measurements, 'status' | 'windows'>; isRead: boolean},
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
  const stream = measurements.status();
  const judgement = judgementOf(judged(), snapshot.state.release);
  return {
    feature: feature.feature,
    snapshot,
    isGuardSilent,
    reports,
    windows: isRead ? measurements.windows : null,
    stream,
    externals,
    judgement,
    window,
    now,
  };
}
