import {setTimeout as pause} from 'node:timers/promises';
import type {ControllerView, Snapshot} from '../../controller/outcome.ts';
import {rehearseAppend, verifyLog} from '../../controller/verify-log.ts';
import {openPrometheus} from '../../monitor/prometheus.ts';
import type {Plan} from '../../release/plan.ts';
import {StoreFault} from '../../store/fault.ts';
import {openStore} from '../../store/open.ts';
import type {FeatureView, ViewStore} from '../../store/port.ts';
import {checkChannels} from '../checks/channels.ts';
import {checkEdge} from '../checks/edge.ts';
import {type Finding, inTime} from '../checks/finding.ts';
import {checkHooks} from '../checks/hooks.ts';
import {checkLimits} from '../checks/limits.ts';
import {checkAppend, checkChain, checkLog} from '../checks/log.ts';
import {checkPrometheus, checkUncounted} from '../checks/prometheus.ts';
import {checkClocks, checkGuard, checkPlan, checkRouters, checkServices} from '../checks/running.ts';
import {checkStore} from '../checks/store.ts';
import {channelSpecs} from '../notify/notify-meanwhile.ts';
import {monitorSettings} from '../prometheus/address.ts';
import type {Settings} from '../session/settings.ts';

/** Who follows a log looks at its chain at least so often, milliseconds. */
export const CHAIN_IS_SEEN_WITHIN_MS = 2500;

/** The snapshot once a break of the chain is seen, or when there was time to see one. */
export async function watchChain(view: ControllerView, withinMs: number): Promise<Snapshot> {
  const {promise, resolve} = Promise.withResolvers<void>();
  const look = () => {
    if (view.snapshot().lastBreak !== null) resolve();
  };
  const stop = view.subscribe(look);
  look();
  await Promise.race([promise, pause(withinMs, undefined, {ref: false})]);
  stop();
  return view.snapshot();
}

/** A break that is there already is seen at the first look of the follower, milliseconds. */
const CHAIN_WATCHED_MS = 700;
/** A service may take its time to say how it is, milliseconds. */
const SERVICES_WITHIN_MS = 12_000;

/** A feature that can be read. */
interface Opened {
  store: ViewStore;
  feature: FeatureView;
  view: ControllerView;
  settings: Settings;
  /** Not under `--read-only`. */
  mayWrite: boolean;
}

/** Everything of a feature and the store it lies in. @throws Failure exit code 2 */
export async function lookAtFeature(opened: Opened, plan: Plan): Promise<Finding[]> {
  const {store, feature, view, settings, mayWrite} = opened;
  const parts = await Promise.all([
    inTime('store', checkStore(store, settings.store)),
    inTime('log', watchChain(view, CHAIN_WATCHED_MS).then(checkLog)),
    inTime('log', verifyLog(feature.log).then(checkChain)),
    mayWrite ? inTime('log', tryToAppend(opened)) : [],
    inTime(
      'clocks',
      feature.streamClocks().then(clocks => checkClocks(Date.now(), view.now(), clocks)),
    ),
    inTime(
      'samples',
      feature.streamClocks().then(({samples}) => checkUncounted(settings, samples, view.now())),
    ),
    inTime(
      'routers',
      feature.routers.list().then(reports => checkRouters(reports, view.now())),
    ),
    inTime(
      'guard',
      feature.lease.read().then(lease => checkGuard(lease, plan)),
    ),
    inTime('limits', lookAtLimits(opened)),
  ]);
  return parts.flat();
}

/** Checks what a release needs besides the store: Prometheus, programs and services of this host. @throws Failure exit code 2 */
export async function lookAtHost(settings: Settings, plan: Plan): Promise<Finding[]> {
  const services = settings.config?.value.services ?? {};
  const parts = await Promise.all([
    inTime('prometheus', checkPrometheus(settings, plan)),
    inTime('hooks', checkHooks(plan)),
    inTime('nginx', checkEdge(settings)),
    inTime('services', checkServices(services), SERVICES_WITHIN_MS),
    inTime('channels', checkChannels(channelSpecs(settings))),
  ]);
  return [...parts.flat(), ...checkPlan(plan)];
}

/** Goes the way of a rollback's commit. A user who may only read learns that, and it is no fault. */
async function tryToAppend({feature, view, settings}: Opened): Promise<Finding[]> {
  if (view.snapshot().head === null) return [];
  const store = await openStore(settings.store, 'operator').catch(faultOf);
  if (store instanceof StoreFault) return checkAppend(store);
  try {
    return checkAppend(await rehearseAppend(view, store.feature(feature.feature).log).catch(faultOf));
  } finally {
    await store.close();
  }
}

/** @throws anything but a fault of the store */
function faultOf(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  throw error;
}

async function lookAtLimits({view, settings}: Opened): Promise<Finding[]> {
  const prometheus = await openPrometheus(await monitorSettings(settings), view, {historyMs: 0});
  if (prometheus === null) return [];
  try {
    await prometheus.start();
    return checkLimits(prometheus.snapshot());
  } finally {
    await prometheus.close();
  }
}
