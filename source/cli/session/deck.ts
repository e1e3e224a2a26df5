import {setTimeout as pause} from 'node:timers/promises';
import type {Feedback} from '../../analysis/feedback/feedback.ts';
import type {ConsoleMode, Deck, ExtraKey} from '../../console/deck.ts';
import type {FleetReading} from '../../console/present/fleet.ts';
import {newAlertId} from '../../controller/ids.ts';
import type {Controller, ControllerView} from '../../controller/outcome.ts';
import {type Monitor, openMonitor} from '../../monitor/monitor.ts';
import type {MonitorSettings} from '../../monitor/settings.ts';
import {readSummary} from '../../monitor/summary.ts';
import type {Actor} from '../../release/command.ts';
import {freezeOf} from '../../release/freeze.ts';
import type {FeatureStore, FeatureView, ViewStore} from '../../store/port.ts';
import {type ConsoleDuties, keepConsoleDuties, withOwnReleases} from './console-duties.ts';
import {readPresence} from './presence.ts';
import type {ConsoleLinks} from '../share/console-links.ts';
import type {Settings} from './settings.ts';

/** The newest summary of every feature of the store, and its freeze. @throws StoreFault */
export async function readSummaries(
  store: Pick<ViewStore, 'features' | 'feature' | 'freezes'>,
): Promise<FleetReading> {
  const [names, entry] = await Promise.all([store.features(), store.freezes.newest().catch(() => null)]);
  const features = await Promise.all(
    names.map(async feature => ({
      feature,
      summary: readSummary(await store.feature(feature).summary.read()),
    })),
  );
  return {features, freeze: freezeOf(entry)};
}

/** A feature that is opened, and how it is to be watched. */
export interface Wiring {
  store: ViewStore;
  feature: FeatureView;
  view: ControllerView;
  /** Null when reading only. */
  acting: {
    controller: Controller;
    /** The feature with the right to write; null behind a server, which has the duties of a console. */
    feature: FeatureStore | null;
    giveFeedback(feedback: Feedback): Promise<void>;
  } | null;
  settings: Pick<Settings, 'declared' | 'config'>;
  /** The same, with the address of Prometheus checked. */
  monitored: MonitorSettings;
  actor: Actor;
  mode: ConsoleMode;
  extras?: readonly ExtraKey[];
  /** Name of the guard that this process is to be as well; absent or null: none. */
  guardName?: string | null;
  /** The links of this console; null or absent: it makes none. */
  links?: ConsoleLinks | null;
  /** Whether the console opens with the list of all features. */
  beginsWithList?: boolean;
  /** Opens another feature of the store in the same way. */
  reopen?(feature: string): Promise<Wiring>;
}

/** A deck with what keeps it fresh. */
export interface LiveDeck extends Deck {
  /** Begins to measure and to judge: after the first screen, so that it is not kept waiting. */
  begin(): void;
  close(): Promise<void>;
}

const CLOSES_WITHIN_MS = 500;
/** Time mode begins so long ago, milliseconds. */
const PAST_BEGINS_MS = 60_000;

/** Opens the deck that the console shows: the monitor of the feature, the controller, and what this process keeps for it. */
export async function openDeck(wiring: Wiring): Promise<LiveDeck> {
  const {store, feature, view, acting, settings, actor, mode, extras = [], links = null, reopen} = wiring;
  const monitor = await openMonitor(store, feature, wiring.monitored, {view});
  const ours = new Set<string>();
  let duties: ConsoleDuties | null = null;
  return {
    monitor,
    features: () => store.features(),
    summaries: async () => await readSummaries(store),
    beginsWithList: wiring.beginsWithList ?? false,
    ...(reopen === undefined ? {} : {open: async (name: string) => await openAnother(await reopen(name))}),
    openPast: async () => await openPast(wiring, monitor),
    controller: acting === null ? null : withOwnReleases(acting.controller, ours),
    ...(acting === null ? {} : {giveFeedback: feedback => acting.giveFeedback(feedback)}),
    ...(acting === null || acting.feature === null || links === null
      ? {}
      : {sharing: links.of(acting.feature, monitor)}),
    presence: async () => await readPresence(feature, () => store.now()),
    lastWords: async (release, step) =>
      (await feature.outputs.read()).filter(one => one.release === release && one.step === step),
    contacts: settings.config?.value.contacts ?? {},
    bell: settings.config?.value.alerts.bell ?? true,
    actor,
    mode,
    extras,
    newId: newAlertId,
    begin() {
      monitor.start();
      monitor.judge();
      if (acting === null || acting.feature === null) return;
      const {guardName = null} = wiring;
      const {feature: written, controller} = acting;
      duties = keepConsoleDuties({
        feature: written,
        controller,
        monitor,
        settings,
        actor,
        ours,
        guardName,
        now: () => store.now(),
      });
    },
    async close() {
      await duties?.handOver();
      const release = async () => await Promise.all([monitor.close(), view.close()]);
      const isKept = links?.keep(feature.feature, release) ?? false;
      const closed = Promise.all([duties?.ended(), isKept ? null : release()]);
      // Quitting does not wait for a store that does not answer.
      await Promise.race([closed, pause(CLOSES_WITHIN_MS)]);
    },
  };
}

async function openAnother(wiring: Wiring): Promise<LiveDeck> {
  const deck = await openDeck(wiring);
  deck.begin();
  return deck;
}

/** The past of the feature as far as the store still holds it. @throws Error where it holds nothing */
async function openPast(
  {feature, view, settings, store, actor, mode}: Wiring,
  monitor: Monitor,
): Promise<Deck> {
  const [{openPastDeck}, {pastOf}] = await Promise.all([
    import('../replay/past.ts'),
    import('../../replay/read.ts'),
  ]);
  const recording = await pastOf(feature, view);
  if (recording === null) throw new Error('nothing was kept of the past here');
  const at = Math.max(recording.from, monitor.view.now() - PAST_BEGINS_MS);
  return openPastDeck({recording, declared: settings.declared, actor, mode, at, label: store.label});
}
