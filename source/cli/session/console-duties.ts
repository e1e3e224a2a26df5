import type {Controller} from '../../controller/outcome.ts';
import type {Monitor} from '../../monitor/monitor.ts';
import type {Actor, CommandType, Intent} from '../../release/command.ts';
import {keepSteps} from '../../steps/keep-steps.ts';
import type {FeatureStore} from '../../store/port.ts';
import {stepRunner} from '../commands/steps.ts';
import {beginGuarding, type OwnGuard} from '../guard/in-console.ts';
import {keepFeature} from '../guard/keep-feature.ts';
import {keepPresence} from './presence.ts';
import type {Settings} from './settings.ts';

export interface Duties {
  feature: FeatureStore;
  controller: Controller;
  monitor: Monitor;
  settings: Pick<Settings, 'config' | 'declared'>;
  actor: Actor;
  /** The store's clock, milliseconds since 1970; absent: this process is no console, and is not listed as one. */
  now?: () => number;
  /** Releases whose steps this process has begun. */
  ours: Pick<ReadonlySet<string>, 'has'>;
  /** False: steps that other processes began are left to others. */
  adopts?: boolean;
  /** Name of the guard that this process is to be as well; null: none. */
  guardName: string | null;
}

/** What a console that may act keeps doing for its feature while it is open. */
export interface ConsoleDuties {
  /** Stops, and hands the guard over to a process that stands by; waits no longer than a person would. */
  handOver(): Promise<void>;
  /** Resolves once everything has ended, after `handOver`. */
  ended(): Promise<unknown>;
}

/** Commands after which this process has to see steps through. */
const BEGINS_STEPS: ReadonlySet<CommandType> = new Set(['start', 'next', 'complete', 'rollback', 'retry']);

/** Begins the duties of a console: its steps, and the guard or, without one, what a guard would keep for the feature. */
export function keepConsoleDuties({guardName, ...duties}: Duties): ConsoleDuties {
  const {feature, controller, monitor, settings, actor, ours, adopts, now} = duties;
  const stop = new AbortController();
  const runner = stepRunner(feature, controller, actor, settings);
  const running = [
    keepSteps(runner, id => ours.has(id), stop.signal, adopts),
    ...(now === undefined ? [] : [keepPresence(feature, {name: actor.name, now}, stop.signal)]),
  ];
  let guard: OwnGuard | null = null;
  if (guardName === null) {
    // A guard that lives has the duty to notify; what it leaves lying is taken up from here.
    const notifier = {by: actor, isOnDuty: () => monitor.guardSilentMs() !== null};
    running.push(keepFeature({feature, controller, monitor, settings, notifier}, stop.signal));
  } else {
    guard = beginGuarding({feature, controller, monitor, settings, name: guardName});
  }
  return {
    async handOver() {
      stop.abort();
      await guard?.handOver();
    },
    ended: () => Promise.all(running),
  };
}

/** Whether a process that carries out this command has to see steps through. */
export function beginsSteps({type}: Intent): boolean {
  return BEGINS_STEPS.has(type);
}

/** The controller, noting the releases whose steps this process has begun. */
export function withOwnReleases(controller: Controller, ours: Set<string>): Controller {
  return {
    ...controller,
    async execute(intent, stamp, options) {
      // Before it is written: the news of it reaches the keeper of the steps before the answer reaches us.
      if (beginsSteps(intent) && 'release' in intent) ours.add(intent.release);
      return await controller.execute(intent, stamp, options);
    },
  };
}
