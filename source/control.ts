/**
 * The controller as a library: what console and command line act through, for a bot, a pipeline or a screen of one's
 * own. It runs no steps: a guard, a console or `graydeck rollback` sees those through.
 *
 * @packageDocumentation
 */
import {openController} from './controller/controller.ts';
import type {Controller, ControllerView} from './controller/outcome.ts';
import {openView} from './controller/view.ts';
import {sourceOf} from './controller/ids.ts';
import {isFeatureName} from './release/name.ts';
import {openStore} from './store/open.ts';

export {StoreFault} from './store/fault.ts';
export type {Controller, ControllerView, ExecuteOptions, Outcome, Snapshot} from './controller/outcome.ts';
export type {Actor, Intent} from './release/command.ts';
export type {Refusal} from './release/refusal.ts';

export interface ControlOptions {
  /** Address of the store; `GRAYDECK_STORE`, or else the embedded one, unless given. */
  store?: string;
}

/**
 * Opens a feature to act on it, once its log has been read. What is refused is a value of `execute`, with a reason and a
 * remedy; `close` it when done.
 * @throws TypeError where the name cannot be a feature's. StoreFault where the store is away or does not let one act.
 */
export async function control(feature: string, {store}: ControlOptions = {}): Promise<Controller> {
  const opened = await openStore(store ?? null, 'operator');
  return await read(opened, () => openController(sourceOf(opened, checked(feature))));
}

/** As `control`, with the rights of a viewer: there is no way to change anything through it. */
export async function look(feature: string, {store}: ControlOptions = {}): Promise<ControllerView> {
  const opened = await openStore(store ?? null, 'viewer');
  return await read(opened, () =>
    openView({feature, log: opened.feature(checked(feature)).log, now: () => opened.now()}),
  );
}

/** Reads the log to its head; what was opened is closed with the view, or where there is none. */
async function read<V extends ControllerView>(store: {close(): Promise<void>}, open: () => V): Promise<V> {
  let view: V | null = null;
  const close = async (): Promise<void> => {
    await view?.close();
    await store.close();
  };
  try {
    view = open();
    await view.ready();
    return {...view, close};
  } catch (error) {
    await close();
    throw error;
  }
}

function checked(feature: string): string {
  if (isFeatureName(feature)) return feature;
  throw new TypeError(
    `${JSON.stringify(feature)} cannot be the name of a feature: small letters, digits, _ and -, at most 64`,
  );
}
