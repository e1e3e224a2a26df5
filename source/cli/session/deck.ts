import {encodeFeedback} from '../../analysis/feedback/feedback.ts';
import type {Report} from '../../audience/applied.ts';
import {together} from '../../analysis/judge/external.ts';
import {setTimeout as pause} from 'node:timers/promises';
import type {ConsoleMode, Deck, ExtraKey, StoreHealthLike} from '../../console/deck.ts';
import type {Controller, ControllerView} from '../../controller/outcome.ts';
import {newAlertId} from '../../controller/ids.ts';
import {openFeedback, rowsOf} from '../../monitor/feedback.ts';
import {beginGuarding, type OwnGuard} from '../guard/in-console.ts';
import {beginObserving, type Observing} from '../../monitor/observing.ts';
import {keepStreams} from '../guard/keep-streams.ts';
import {openMeasuring} from '../../monitor/measuring.ts';
import {keepRollUps} from '../../metrics/keep-roll-ups.ts';
import {keepSteps} from '../../steps/keep-steps.ts';
import type {Actor, CommandType} from '../../release/command.ts';
import type {FeatureStore, FeatureView, ViewStore} from '../../store/port.ts';
import type {PrometheusPoller} from '../../metrics/prometheus/poller.ts';
import {keepNotifying} from '../notify/keep-notifying.ts';
import {isShownOf} from '../../monitor/shown.ts';
import {withPrometheus} from '../../monitor/with-prometheus.ts';
import {keepReports} from '../report/keep-reports.ts';
import type {Settings} from './settings.ts';
import {stepRunner} from '../acting/steps.ts';

/** A feature that is opened, and how it is to be watched. */
export interface Wiring {
  store: ViewStore;
  feature: FeatureView;
  view: ControllerView;
  /** Null when reading only. */
  acting: {feature: FeatureStore; controller: Controller} | null;
  settings: Pick<Settings, 'declared' | 'config'>;
  /** Numbers by Prometheus, not asked for yet; null or absent: nobody knows where it is. */
  prometheus?: PrometheusPoller | null;
  actor: Actor;
  mode: ConsoleMode;
  extras?: readonly ExtraKey[];
  /** Name of the guard that this process is to be as well; absent: none. */
  guardName?: string | null;
  /** Opens another feature of the store in the same way. */
  reopen?(feature: string): Promise<Wiring>;
}

/** A deck with what keeps it fresh. */
export interface LiveDeck extends Deck {
  /** Begins to measure and to look: after the first screen, so that it is not kept waiting. */
  begin(): void;
  close(): Promise<void>;
}

const ROUTERS_EVERY_MS = 1000;
const HEALTH_EVERY_MS = 2000;
const CLOSES_WITHIN_MS = 500;
/** Who looks back begins so long ago, milliseconds. */
const PAST_BEGINS_MS = 60_000;
/** Commands after which steps are due that this process has to see through. */
const BEGINS_STEPS: ReadonlySet<CommandType> = new Set(['start', 'next', 'complete', 'rollback', 'retry']);

/** Wires store, log, measurements, routers and steps of one feature into the deck that the console watches. */
export function openDeck(wiring: Wiring): LiveDeck {
  const {
    store,
    feature,
    view,
    acting,
    settings,
    prometheus = null,
    actor,
    mode,
    extras = [],
    guardName = null,
    reopen,
  } = wiring;
  const measuring = openMeasuring(feature, view, settings);
  const {measurements} = measuring;
  const feedback = openFeedback(feature, view);
  const external = together(prometheus, feedback);
  const measured =
    prometheus === null
      ? measurements.windows
      : withPrometheus(measurements.windows, prometheus, () => view.now(), isShownOf(prometheus, view));
  const said = rowsOf(feedback, view, prometheus);
  const stop = new AbortController();
  const listeners = new Set<() => void>();
  const ours = new Set<string>();
  const running: Promise<unknown>[] = [];
  let routers: readonly Report[] = [];
  let guard: OwnGuard | null = null;
  let looking: Observing | null = null;
  let silentSince: number | null = null;
  let health: StoreHealthLike = {state: 'up', pingMs: 0};
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const stopMeasuring = measurements.subscribe(tell);
  prometheus?.subscribe(tell);

  const lookAtRouters = async () => {
    // What was last heard of them stays, with its age, while the store is away.
    routers = await feature.routers.list().catch(() => routers);
    const lease = await feature.lease.read().catch(() => undefined);
    // A store that does not answer says nothing about the guard.
    if (lease !== undefined) looking?.answered();
    if (lease !== undefined) silentSince = lease === null ? (silentSince ?? view.now()) : null;
    tell();
  };
  const lookAtStore = async () => {
    health = await store.health();
    tell();
  };

  return {
    feature: feature.feature,
    features: () => store.features(),
    ...(reopen === undefined
      ? {}
      : {
          async open(name: string) {
            const deck = openDeck(await reopen(name));
            deck.begin();
            return deck;
          },
        }),
    async openPast() {
      const [{openPastDeck}, {pastOf}] = await Promise.all([
        import('../replay/deck.ts'),
        import('../replay/read.ts'),
      ]);
      const recording = await pastOf(feature, view);
      const at = view.now() - PAST_BEGINS_MS;
      if (recording === null) throw new Error('nothing was kept of the past here');
      const {declared} = settings;
      return openPastDeck({
        recording,
        declared,
        actor,
        mode,
        at: Math.max(recording.from, at),
        label: store.label,
      });
    },
    view,
    controller: acting === null ? null : remembering(acting.controller, ours),
    windows: withPrometheus(
      measured,
      said,
      () => view.now(),
      () => true,
    ),
    stream: () => measurements.status(),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    store: {kind: store.kind, label: store.label, health: () => health},
    routers: () => routers,
    sources: () => (prometheus === null ? [] : [prometheus.light()]),
    externals: () => [...(prometheus?.snapshot() ?? []), ...said.snapshot()],
    guardSilentMs: () => (silentSince === null ? null : Math.max(0, view.now() - silentSince)),
    ownEpoch: () => guard?.epoch() ?? null,
    judged: () => guard?.judged() ?? looking?.judged() ?? null,
    ...(acting === null
      ? {}
      : {giveFeedback: feedback => acting.feature.feedback.write(encodeFeedback(feedback))}),
    contacts: settings.config?.value.contacts ?? {},
    bell: settings.config?.value.alerts.bell ?? true,
    actor,
    mode,
    extras,
    newId: newAlertId,
    begin() {
      void measurements.start();
      void prometheus?.start();
      void feedback.start();
      running.push(
        repeat(lookAtRouters, ROUTERS_EVERY_MS, stop.signal),
        repeat(lookAtStore, HEALTH_EVERY_MS, stop.signal),
      );
      const isGuarding = () => (guard?.epoch() ?? null) !== null;
      const looked = {
        feature,
        view,
        measuring,
        settings,
        external,
        routers: () => routers,
        isGuarding,
        onLook: tell,
      };
      looking = beginObserving(looked, stop.signal);
      running.push(looking.ended);
      if (acting === null) return;
      const runner = stepRunner(acting.feature, acting.controller, actor, settings);
      running.push(keepSteps(runner, id => ours.has(id), stop.signal));
      if (guardName !== null) {
        guard = beginGuarding({...acting, measuring, settings, external, name: guardName});
        return;
      }
      const {rollUps} = acting.feature;
      const keeping = {windows: measurements.windows, shelf: rollUps, now: () => view.now()};
      running.push(
        measurements.start().then(() => keepRollUps(keeping, stop.signal)),
        keepStreams({...acting, by: actor}, stop.signal),
        keepReports({feature: acting.feature, view, settings}, stop.signal),
        // Where a guard lives it tells people; what it leaves lying is taken up from here.
        keepNotifying(
          acting.controller,
          settings,
          {by: actor, isOnDuty: () => silentSince !== null},
          stop.signal,
        ),
      );
    },
    async close() {
      stop.abort();
      stopMeasuring();
      listeners.clear();
      await guard?.handOver();
      const closed = Promise.all([measurements.close(), feedback.close(), view.close(), ...running]);
      // Who quits does not wait for a store that does not answer.
      await Promise.race([closed, pause(CLOSES_WITHIN_MS)]);
    },
  };
}

/** The controller, noting the releases whose steps this process has begun. */
function remembering(controller: Controller, ours: Set<string>): Controller {
  return {
    ...controller,
    async execute(intent, stamp, options) {
      // Before it is written: the news of it reaches the keeper of the steps before the answer reaches us.
      if (BEGINS_STEPS.has(intent.type) && 'release' in intent) ours.add(intent.release);
      return await controller.execute(intent, stamp, options);
    },
  };
}

/** Does it now and then at intervals, never twice at once, until the signal aborts. */
async function repeat(work: () => Promise<void>, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined);
    await pause(everyMs, undefined, {signal}).catch(() => undefined);
  }
}
