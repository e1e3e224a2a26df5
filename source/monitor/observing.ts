import {setTimeout as pause} from 'node:timers/promises';
import type {ExternalNumbers} from '../analysis/judge/read-metric.ts';
import type {Judged} from '../analysis/judge/findings.ts';
import type {Report} from '../audience/applied.ts';
import type {ControllerView} from '../controller/outcome.ts';
import type {FeatureView} from '../store/port.ts';
import type {MonitorSettings} from './settings.ts';
import type {Measuring} from './measuring.ts';

export interface ObservedFeature {
  feature: FeatureView;
  view: ControllerView;
  measuring: Measuring;
  settings: Pick<MonitorSettings, 'config'>;
  /** Numbers that no sample speaks of. */
  external: ExternalNumbers;
  routers(): readonly Report[] | Promise<readonly Report[]>;
  /** Whether the guard of this very process judges: then there is nothing to look on at. Absent: it never does. */
  isGuarding?(): boolean;
  /** Called after each look. */
  onLook?(): void;
}

/** The judgement of who only looks; kept until the signal aborts. */
export interface Observing {
  judged(): Judged | null;
  /** The store has answered: what makes an outage of it known. */
  answered(): void;
  /** Resolves after the first look, whatever came of it. */
  first: Promise<void>;
  /** Resolves once everything is given up, after the signal. */
  ended: Promise<void>;
}

/** Begins to judge each second beside the screen; what it needs is loaded only now. */
export function beginObserving(looked: ObservedFeature, signal: AbortSignal): Observing {
  const {feature, view, measuring, settings, external, routers, isGuarding = () => false, onLook} = looked;
  const first = Promise.withResolvers<void>();
  let judged = (): Judged | null => null;
  let answered = () => undefined as void;
  const looking = async () => {
    // First the numbers are on the screen, then they are judged.
    await measuring.ready();
    if (signal.aborted) return first.resolve();
    const [{Observer}, {untilLook}, {OutageTracker}, {machineClock}, {createEvaluator}, {metricBook}] =
      await Promise.all([
        import('./observer.ts'),
        import('./judge-until.ts'),
        import('./outage-tracker.ts'),
        import('./clock.ts'),
        import('../analysis/evidence/evidence.ts'),
        import('../config/condition/metric-book.ts'),
      ]);
    const outages = new OutageTracker(machineClock, () => view.now());
    const observer = new Observer({
      view,
      windows: measuring.windows,
      aheadMs: measuring.aheadMs,
      shelf: feature.rollUps,
      routers,
      external,
      traits: metricBook(settings.config?.value.metrics).find,
      createEvaluator,
      outage: () => outages.outage,
      clock: machineClock,
    });
    judged = () => observer.judged;
    answered = () => outages.answered();
    try {
      while (!signal.aborted) {
        // A store that is away leaves the last judgement standing, with its age.
        const isAway = measuring.away() !== null || view.snapshot().link.state !== 'up';
        if (!isGuarding() && !isAway) await observer.look(signal).catch(() => undefined);
        first.resolve();
        onLook?.();
        await pause(untilLook(view.now()), undefined, {signal}).catch(() => undefined);
      }
    } finally {
      first.resolve();
      outages.close();
    }
  };
  return {
    judged: () => judged(),
    answered: () => answered(),
    first: first.promise,
    ended: looking().catch(() => first.resolve()),
  };
}
