import {freezeOf} from '../release/freeze.ts';
import type {FeatureStore, OperatorStore} from '../store/port.ts';
import type {ControllerSource} from './controller.ts';

type Store = Pick<OperatorStore, 'now' | 'identity' | 'freezes'> & {
  feature(name: string): Pick<FeatureStore, 'log'>;
};

/** What a controller of this feature needs of a store that was opened to operate. */
export function sourceOf(store: Store, feature: string): ControllerSource {
  return {
    feature,
    log: store.feature(feature).log,
    now: () => store.now(),
    identity: store.identity,
    freeze: async () => freezeOf(await store.freezes.newest()),
  };
}
