import {openController} from '../../controller/controller.ts';
import {sourceOf} from '../../controller/ids.ts';
import {machineClock} from '../../monitor/clock.ts';
import {OutageTracker} from '../../monitor/outage-tracker.ts';
import {pause} from '../../guard/lease.ts';
import {openStore} from '../../store/open.ts';
import type {OperatorStore} from '../../store/port.ts';
import {readGuardName} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {checkFeature} from '../session/feature.ts';
import {reportOn} from '../guard/report.ts';
import {watchOver} from '../guard/watch-over.ts';
import {sayLacks} from '../notify/notify-meanwhile.ts';
import {openMonitor} from '../../monitor/monitor.ts';
import type {MonitorSettings} from '../../monitor/settings.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {sayCaution} from '../session/session.ts';
import {submitLatches} from '../commands/offline.ts';
import {loadSettings, type Settings} from '../session/settings.ts';
import {systemdReadiness} from '../process.ts';

/** How often the store is asked for features that are new, milliseconds. */
const FEATURES_EVERY_MS = 5000;

/** `guard`: judges and acts without anyone watching, over one feature or all of the store, until it is told to go. */
export const run: Run = async call => {
  const useless = new AbortController();
  const signal = AbortSignal.any([call.interrupted({isOrderly: true}), useless.signal]);
  const settings = await loadSettings(call);
  // Before anything is guarded: a wrong address is bad input, and no fault of one feature.
  const monitored = await monitorSettings(settings);
  const name = readGuardName(call.flags.by);
  const named = settings.feature === null ? null : checkFeature(settings.feature);
  const store = await openStore(settings.store, 'operator');
  sayCaution(call, store);
  await sayLacks(call, settings);
  const outages = new OutageTracker(machineClock, () => store.now());
  const guards = new Map<string, Promise<void>>();
  const faults = new Map<string, unknown>();
  const systemd = systemdReadiness();
  try {
    const guard = (feature: string) => {
      if (guards.has(feature)) return;
      const guarding = guardFeature(call, {store, settings, monitored, outages, name}, feature, signal);
      const watched = guarding.catch((error: unknown) => {
        faults.set(feature, error);
        // As long as there is another to be guarded, that one is.
        if (faults.size === guards.size) useless.abort();
        else call.out.say(`${feature}: ${error instanceof Error ? error.message : String(error)}`);
      });
      guards.set(feature, watched);
    };
    systemd.ready();
    if (named === null) await eachFeature(call, store, guard, signal);
    else guard(named);
    await Promise.all(guards.values());
    if (useless.signal.aborted) throw [...faults.values()].at(-1);
    return EXIT.done;
  } finally {
    systemd.close();
    outages.close();
    await store.close();
  }
};

/** Every feature there is, and every one that comes, until the signal aborts. */
async function eachFeature(
  {out}: Call,
  store: OperatorStore,
  guard: (feature: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let isWaiting = false;
  while (!signal.aborted) {
    try {
      const features = await store.features();
      for (const feature of features) guard(feature);
      if (features.length === 0 && !isWaiting) {
        isWaiting = true;
        out.say('the store has no feature yet: waiting for the first');
      }
    } catch (error) {
      if (!isWaiting) out.say(error instanceof Error ? error.message : String(error));
      isWaiting = true;
    }
    await pause(FEATURES_EVERY_MS, signal);
  }
}

async function guardFeature(
  call: Call,
  {
    store,
    settings,
    monitored,
    outages,
    name,
  }: {
    store: OperatorStore;
    settings: Settings;
    monitored: MonitorSettings;
    outages: OutageTracker;
    name: string;
  },
  featureName: string,
  signal: AbortSignal,
): Promise<void> {
  const feature = store.feature(featureName);
  const controller = openController(sourceOf(store, featureName));
  const options = {view: controller, prometheus: {onlyPlanned: true}};
  const monitor = await openMonitor(store, feature, monitored, options);
  monitor.start();
  const report = reportOn(call, controller);
  const {onRole, onTrouble} = report;
  const over = new AbortController();
  void submitLatches({feature, controller}, call.out.say, AbortSignal.any([signal, over.signal]));
  try {
    await watchOver({feature, controller, monitor, settings, name, outages, onRole, onTrouble}, signal);
  } finally {
    over.abort();
    report.close();
    await Promise.all([monitor.close(), controller.close()]);
  }
}
