import {setTimeout as pause} from 'node:timers/promises';
import type {Controller} from '../../controller/outcome.ts';
import type {FeatureStore} from '../../store/port.ts';
import type {Settings} from '../session/settings.ts';
import type {Monitor} from '../../monitor/monitor.ts';

/** The guard in a console's own process. */
export interface OwnGuard {
  /** Gives the guard to a process that stands by; waits no longer than a person would. */
  handOver(): Promise<void>;
}

export interface Guarding {
  feature: FeatureStore;
  controller: Controller;
  monitor: Monitor;
  settings: Pick<Settings, 'config' | 'declared'>;
  name: string;
}

const HANDS_OVER_WITHIN_MS = 2000;

/** Begins to stand by and to guard beside the screen; what it needs is loaded only now. */
export function beginGuarding({controller, ...rest}: Guarding): OwnGuard {
  const stop = new AbortController();
  const guarding = (async () => {
    const [{watchOver}, {OutageTracker}, {machineClock}] = await Promise.all([
      import('./watch-over.ts'),
      import('../../monitor/outage-tracker.ts'),
      import('../../monitor/clock.ts'),
    ]);
    const outages = new OutageTracker(machineClock, () => controller.now());
    const watched = {
      ...rest,
      controller,
      outages,
      // Header and verdict panel show what this process is to the feature.
      onRole: () => undefined,
      // What it cannot judge stands in its verdict, or the lights say why.
      onTrouble: () => undefined,
    };
    try {
      await watchOver(watched, stop.signal);
    } finally {
      outages.close();
    }
  })().catch(() => undefined);
  return {
    async handOver() {
      stop.abort();
      await Promise.race([guarding, pause(HANDS_OVER_WITHIN_MS, undefined, {ref: false})]);
    },
  };
}
