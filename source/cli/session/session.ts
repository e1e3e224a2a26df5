import {setTimeout as pause} from 'node:timers/promises';
import {openController} from '../../controller/controller.ts';
import {sourceOf} from '../../controller/ids.ts';
import type {Controller, ControllerView} from '../../controller/outcome.ts';
import {openView} from '../../controller/view.ts';
import {encodeFeedback, type Feedback} from '../../analysis/feedback/feedback.ts';
import type {ServerAddress} from '../../remote/connection.ts';
import type {Actor} from '../../release/command.ts';
import {decideFreeze, freezeOf, type FreezeDecision, type FreezeIntent} from '../../release/freeze.ts';
import {makeDefaultStore, openStore} from '../../store/open.ts';
import type {FeatureStore, FeatureView, OperatorStore, ViewStore} from '../../store/port.ts';
import type {Call} from '../call.ts';
import {readStamp} from '../commands/actor.ts';
import {submitLatch} from '../commands/offline.ts';
import {chooseFeature, chooseKnown} from './feature.ts';
import {doubtOfServer, type Settings, loadSettings} from './settings.ts';

/**
 * Opens a store, or the one behind a server, for reading; `store` null: the embedded default. That one comes to be with whatever verb is its first
 * use; a named store that does not exist is more likely a typing mistake. Under `--read-only` nothing is made.
 * @throws StoreFault
 */
export async function openToLook(
  {flags}: Pick<Call, 'flags'>,
  {server, store: address}: Pick<Settings, 'server' | 'store'>,
): Promise<ViewStore> {
  if (server !== null) return (await openServer(server)).store;
  if (address === null && !flags.readOnly) await makeDefaultStore(process.env);
  return await openStore(address, 'viewer');
}

const CLOSES_WITHIN_MS = 500;

/** A feature opened to look: nothing in it can write. */
export interface Look {
  store: ViewStore;
  feature: FeatureView;
  view: ControllerView;
  settings: Settings;
  close(): Promise<void>;
}

/** A feature opened to act on it. */
export interface Session {
  store: ViewStore;
  feature: FeatureView;
  controller: Controller;
  /** The same with the right to write; null behind a server, which runs steps and notifies by itself. */
  local: {store: OperatorStore; feature: FeatureStore} | null;
  /** Writes feedback. @throws StoreFault */
  giveFeedback(feedback: Feedback): Promise<void>;
  /** Opens another feature of the same place. */
  another: ActingPlace['featureNamed'];
  stamp: {by: Actor; reason?: string};
  settings: Settings;
  close(): Promise<void>;
}

export interface LookOptions {
  /** The feature may have no release yet. */
  mayBeNew?: boolean;
  /** Take the first of several features: the list of all is shown. */
  firstOfSeveral?: boolean;
  /** What is open already; closed with the rest. */
  opened?: {settings: Settings; store: ViewStore};
}

/**
 * Opens the feature for reading, with the rights of a viewer.
 * @throws Failure, StoreFault
 */
export async function openLook(
  call: Call,
  {mayBeNew = false, firstOfSeveral = false, opened}: LookOptions = {},
): Promise<Look> {
  const settings = opened?.settings ?? (await loadSettings(call));
  const store = opened?.store ?? (await openToLook(call, settings));
  sayCaution(call, store);
  return await orClose(store, async () => {
    const name = mayBeNew
      ? await chooseFeature(settings.feature, call.verb.name, () => store.features(), firstOfSeveral)
      : await chooseKnown(settings.feature, call.verb.name, store);
    const feature = store.feature(name);
    const view = openView({feature: name, log: feature.log, now: () => store.now()});
    return await orClose(view, async () => {
      await view.ready();
      return {store, feature, view, settings, close: () => closeBoth(view, store)};
    });
  });
}

/**
 * Opens the feature to act on it. `named`: the feature that a plan names, where no flag does.
 * @throws Failure, StoreFault
 */
export async function openSession(
  call: Call,
  given: Settings | null = null,
  named: string | null = null,
  firstOfSeveral = false,
): Promise<Session> {
  const stamp = readStamp(call.flags);
  const settings = given ?? (await loadSettings(call));
  const opened = await openToAct(settings);
  const {store} = opened;
  sayCaution(call, store);
  return await orClose(store, async () => {
    const wanted = call.flags.feature ?? named ?? settings.feature;
    const name = await chooseFeature(wanted, call.verb.name, () => store.features(), firstOfSeveral);
    const parts = opened.featureNamed(name);
    const {controller} = parts;
    return await orClose(controller, async () => {
      await controller.ready();
      const close = () => closeBoth(controller, store);
      const session: Session = {store, ...parts, another: opened.featureNamed, stamp, settings, close};
      await submitLatch(session, call.out.say);
      return session;
    });
  });
}

/** A place to act in: a store, or a server in front of one. */
export interface ActingPlace {
  store: ViewStore;
  featureNamed(name: string): Pick<Session, 'feature' | 'controller' | 'local' | 'giveFeedback'>;
  /** Freezes raises of every feature, or lifts the freeze. @throws StoreFault */
  freeze(intent: FreezeIntent, by: Actor, dryRun: boolean): Promise<FreezeDecision>;
}

/** @throws StoreFault */
export async function openToAct({
  server,
  store: address,
}: Pick<Settings, 'server' | 'store'>): Promise<ActingPlace> {
  if (server !== null) return await openServer(server);
  const store = await openStore(address, 'operator');
  return {
    store,
    featureNamed: name => actIn(store, name),
    async freeze(intent, by, dryRun) {
      const before = freezeOf(await store.freezes.newest());
      const decision = decideFreeze(before, intent, {by: {...by, identity: store.identity}, at: store.now()});
      if (decision.ok && decision.entry !== null && !dryRun) await store.freezes.write(decision.entry);
      return decision;
    },
  };
}

/** A feature of a store that was opened to operate. */
function actIn(store: OperatorStore, name: string): ReturnType<ActingPlace['featureNamed']> {
  const feature = store.feature(name);
  return {
    feature,
    controller: openController(sourceOf(store, name)),
    local: {store, feature},
    giveFeedback: feedback => feature.feedback.write(encodeFeedback(feedback)),
  };
}

/** What is needed for a server is loaded only for one. @throws StoreFault */
async function openServer(address: ServerAddress): Promise<ActingPlace> {
  const [{ServerConnection}, {openRemoteStore}, {openRemoteController, sendFeedback, sendFreeze}] =
    await Promise.all([
      import('../../remote/connection.ts'),
      import('../../remote/view-store.ts'),
      import('../../remote/controller.ts'),
    ]);
  const server = new ServerConnection(address);
  const store = await openRemoteStore(server, doubtOfServer(address) ?? undefined);
  return {
    store,
    featureNamed(name) {
      const feature = store.feature(name);
      const source = {feature: name, log: feature.log, now: () => store.now()};
      return {
        feature,
        controller: openRemoteController(server, source),
        local: null,
        giveFeedback: feedback => sendFeedback(server, name, feedback),
      };
    },
    freeze: (intent, by, dryRun) => sendFreeze(server, intent, by, dryRun),
  };
}

/** On stderr; under `--json` that is for errors alone. */
export function sayCaution({out}: Call, {caution}: {caution?: string}): void {
  if (caution !== undefined && !out.isJson) out.say(caution);
}

/** Runs a verb's work on what was opened, and closes it whatever comes of it. */
export async function using<T extends {close(): Promise<void>}, R>(
  opening: Promise<T>,
  work: (opened: T) => Promise<R>,
): Promise<R> {
  const opened = await opening;
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

async function orClose<R>(opened: {close(): Promise<void>}, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Closes both within a limit: all entries are written by now, so a store that does not answer is not awaited. */
async function closeBoth(view: {close(): Promise<void>}, store: {close(): Promise<void>}): Promise<void> {
  const closed = view.close().then(() => store.close());
  await Promise.race([closed, pause(CLOSES_WITHIN_MS)]);
}
