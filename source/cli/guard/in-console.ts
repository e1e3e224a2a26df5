import {setTimeout as pause} from 'node:timers/promises';
import type {ExternalNumbers} from '../../analysis/judge/external.ts';
import type {Judged} from '../../analysis/judge/judged.ts';
import type {Controller} from '../../controller/outcome.ts';
import type {FeatureStore} from '../../store/port.ts';
import type {Settings} from '../session/settings.ts';
import type {OpenMeasuring} from '../../monitor/measuring.ts';

/** The guard in a console's own process. */
export interface OwnGuard {
  /** Its epoch while it acts; null: another does, or none. */
  epoch(): number | null;
  /** What it has come to while it acts; null: another does, or none, or it has not judged yet. */
  judged(): Judged | null;
  /** Gives the guard to whoever stands by; waits no longer than a person would. */
  handOver(): Promise<void>;
}

export interface Guarding {
  feature: FeatureStore;
  controller: Controller;
  measuring: OpenMeasuring;
  settings: Pick<Settings, 'config' | 'declared'>;
  /** Numbers that no sample speaks of. */
  external: ExternalNumbers;
  name: string;
}

const HANDS_OVER_WITHIN_MS = 2000;

/** Begins to stand by and to guard beside the screen; what it needs is loaded only now. */
export function beginGuarding({controller, ...rest}: Guarding): OwnGuard {
  const stop = new AbortController();
  let epoch: number | null = null;
  let judged: Judged | null = null;
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
      onRole: (role: {role: string; epoch?: number}) => {
        epoch = role.epoch ?? null;
        judged = null;
      },
      onJudged: (news: Judged) => {
        judged = news;
      },
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
    epoch: () => epoch,
    judged: () => judged,
    async handOver() {
      stop.abort();
      await Promise.race([guarding, pause(HANDS_OVER_WITHIN_MS, undefined, {ref: false})]);
    },
  };
}
