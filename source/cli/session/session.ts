import {setTimeout as pause} from 'node:timers/promises';
import {openController} from '../../controller/controller.ts';
import {sourceOf} from '../../controller/ids.ts';
import type {Controller, ControllerView} from '../../controller/outcome.ts';
import {openView} from '../../controller/view.ts';
import type {Actor} from '../../release/command.ts';
import {type StoreAddress, makeDefaultStore, openStore} from '../../store/open.ts';
import type {FeatureStore, FeatureView, OperatorStore, ViewStore} from '../../store/port.ts';
import type {Call} from '../call.ts';
import {readStamp} from '../commands/actor.ts';
import {submitLatch} from '../commands/offline.ts';
import {chooseFeature, chooseKnown} from './feature.ts';
import {type Settings, loadSettings} from './settings.ts';

/**
 * Opens a store for reading; `address` null: the embedded default. That one comes to be with whatever verb is its first
 * use; a named store that does not exist is more likely a typing mistake. Under `--read-only` nothing is made.
 * @throws StoreFault
 */
export async function openToLook(
  {flags}: Pick<Call, 'flags'>,
  address: string | StoreAddress | null,
): Promise<ViewStore> {
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
  store: OperatorStore;
  feature: FeatureStore;
  controller: Controller;
  stamp: {by: Actor; reason?: string};
  settings: Settings;
  close(): Promise<void>;
}

/**
 * Opens the feature for reading, with the rights of a viewer. `mayBeNew`: the feature may have no release yet.
 * @throws Failure, StoreFault
 */
export async function openLook(
  call: Call,
  {mayBeNew = false, firstOfSeveral = false}: {mayBeNew?: boolean; firstOfSeveral?: boolean} = {},
): Promise<Look> {
  const settings = await loadSettings(call);
  const store = await openToLook(call, settings.store);
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
  const store = await openStore(settings.store, 'operator');
  sayCaution(call, store);
  return await orClose(store, async () => {
    const wanted = call.flags.feature ?? named ?? settings.feature;
    const name = await chooseFeature(wanted, call.verb.name, () => store.features(), firstOfSeveral);
    const feature = store.feature(name);
    const controller = openController(sourceOf(store, name));
    return await orClose(controller, async () => {
      await controller.ready();
      const close = () => closeBoth(controller, store);
      const session: Session = {store, feature, controller, stamp, settings, close};
      await submitLatch(session, call.out.say);
      return session;
    });
  });
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
