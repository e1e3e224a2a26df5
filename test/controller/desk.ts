import {randomUUID} from 'node:crypto';
import {afterEach} from 'vitest';
import {openController} from '../../source/controller/controller.ts';
import type {Controller, ControllerView, Outcome, Snapshot} from '../../source/controller/outcome.ts';
import {openView} from '../../source/controller/view.ts';
import type {Intent} from '../../source/release/command.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore} from '../../source/store/port.ts';
import {liu} from '../release/specification.ts';
import type {House} from './houses.ts';
import {eventually, PATIENCE_MS} from '../patience.ts';

/** A controller and its store, opened for one test. */
export interface Desk extends Controller {
  store: FeatureStore;
  /** Executes an intent as liu. */
  does(intent: Intent): Promise<Outcome>;
}

/** A feature name that no other test uses. */
export function newFeature(): string {
  return `f-${randomUUID().slice(0, 8)}`;
}

/**
 * Opens controllers and views, each on a store of its own, as other processes would. All are closed after the
 * test.
 */
export function opener(house: () => House): {
  desk(feature: string): Promise<Desk>;
  view(feature: string): Promise<ControllerView>;
} {
  const opened: {close(): Promise<void>}[] = [];
  afterEach(async () => {
    // The newest first: a follower ends before its store.
    for (const one of opened.splice(0).toReversed()) await one.close();
  });
  return {
    async desk(feature) {
      const store = await openStore(house().address, 'operator', {env: {}});
      const own = store.feature(feature);
      const controller = openController({feature, log: own.log, now: () => store.now()});
      opened.push(store, controller);
      await controller.ready();
      return {...controller, store: own, does: intent => controller.execute(intent, {by: liu})};
    },
    async view(feature) {
      const store = await openStore(house().address, 'viewer', {env: {}});
      const view = openView({feature, log: store.feature(feature).log, now: () => store.now()});
      opened.push(store, view);
      await view.ready();
      return view;
    },
  };
}

/** Resolves with the first snapshot that fits. The view must notify of it. */
export function shown(
  view: Pick<ControllerView, 'snapshot' | 'subscribe'>,
  fits: (snapshot: Snapshot) => boolean,
): Promise<Snapshot> {
  const {promise, resolve, reject} = Promise.withResolvers<Snapshot>();
  const look = () => {
    const snapshot = view.snapshot();
    if (fits(snapshot)) resolve(snapshot);
  };
  const unsubscribe = view.subscribe(look);
  const timer = setTimeout(() => {
    const {head, link, state} = view.snapshot();
    reject(
      new Error(
        `not shown in ${PATIENCE_MS} ms: ${JSON.stringify({head, link, release: state.release?.state})}`,
      ),
    );
  }, PATIENCE_MS);
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    unsubscribe();
  });
}

/** Resolves once a condition holds. */
export function until(holds: () => boolean): Promise<void> {
  return eventually(() => {
    if (!holds()) throw new Error(`it does not hold: ${String(holds)}`);
  }, 5);
}
