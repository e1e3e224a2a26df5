import type {Release, Step} from '../../release/state.ts';
import {clockwork, measured} from '../../text/format.ts';
import type {RouterStanding} from './routers.ts';
import type {ViewModel} from './view-model.ts';

/** The step that takes everyone to prod; null before it is planned. */
function trafficStep(release: Release): Step | null {
  return release.steps.find(({id}) => id === 'rollback.traffic') ?? null;
}

/** Whether the routers themselves have confirmed prod for everyone: then or by now. */
export function isEveryoneBack(release: Release, routers: RouterStanding): boolean {
  const step = trafficStep(release);
  if (step?.state !== 'done') return false;
  const {confirmed, routers: of} = step.facts;
  // Without a known router there is no confirmation.
  if (of === 0) return routers.total > 0 && routers.confirmed.length === routers.total;
  const isConfirmedThen = confirmed === undefined || of === undefined || confirmed >= of;
  return isConfirmedThen || (routers.total > 0 && routers.behind.length === 0 && routers.silent.length === 0);
}

/** What became of the key, in one sentence: how fast, who confirmed, what still reached gray. The longest first. */
export function rollbackResult(
  release: Release,
  {reading, t}: ViewModel,
  routers: RouterStanding,
): readonly [string, ...string[]] {
  const step = trafficStep(release);
  const at = release.rollback?.at ?? release.splitChangedAt;
  if (step?.state === 'done') {
    const {facts} = step;
    const ms = facts.ms ?? (step.endedAt === null ? null : step.endedAt - at);
    const confirmed = facts.confirmed ?? null;
    const total = facts.routers ?? null;
    const after = facts.grayRequestsAfter ?? null;
    if (total === 0) return [t.rollback.unconfirmed(after)];
    const told = [ms === null ? null : measured(ms), confirmed, total, after] as const;
    return [t.rollback.through(...told), t.rollback.throughShort(...told)];
  }
  if (routers.total === 0) return [t.rollback.noRouters(clockwork(reading.at - at))];
  return [t.rollback.underWay(clockwork(reading.at - at), routers.confirmed.length, routers.total)];
}
