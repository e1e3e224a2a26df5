import {hostname} from 'node:os';
import type {Controller} from '../../controller/outcome.ts';
import type {Monitor} from '../../monitor/monitor.ts';
import type {Actor, Intent} from '../../release/command.ts';
import type {OperatorStore} from '../../store/port.ts';
import {withSeen} from '../../console/keys/intents.ts';
import {commandsOf} from '../../steps/allow.ts';
import {beginsSteps, keepConsoleDuties, type ConsoleDuties} from '../session/console-duties.ts';
import type {Settings} from '../session/settings.ts';

/** The store that a server acts on, and the project that it acts by. */
export interface ServingOperator {
  store: OperatorStore;
  settings: Pick<Settings, 'config' | 'declared'>;
}

/** A feature whose commands this server carries out. */
export interface Acting {
  controller: Controller;
  /** Told before a command is written. */
  mayBeginSteps(intent: Intent): void;
  close(): Promise<void>;
}

/**
 * Lets a server act on a feature. From its first command on it does what an open console does: it runs the steps that its
 * commands begin, and notifies where no guard lives. Programs of a plan are left to a guard that lives; without one they
 * run here, if the project of this host lists them: a plan that came by HTTP lists nothing.
 */
export function beginActing(
  name: string,
  {operator, controller, monitor}: {operator: ServingOperator; controller: Controller; monitor: Monitor},
): Acting {
  const {store, settings} = operator;
  const actor: Actor = {name: `serve on ${hostname()}`, kind: 'person'};
  const begun = new Set<string>();
  let duties: ConsoleDuties | null = null;

  const has = (id: string): boolean => {
    if (!begun.has(id)) return false;
    const {release} = controller.snapshot().state;
    const isWithoutPrograms = release?.id === id && commandsOf(release.plan).length === 0;
    return isWithoutPrograms || monitor.guardSilentMs() !== null;
  };

  return {
    controller: {
      ...controller,
      execute: (intent, stamp, options) =>
        controller.execute(withSeen(intent, monitor.snapshot().judgement?.verdict ?? null), stamp, options),
    },
    mayBeginSteps(intent) {
      if (beginsSteps(intent) && 'release' in intent) begun.add(intent.release);
      duties ??= keepConsoleDuties({
        feature: store.feature(name),
        controller,
        monitor,
        settings,
        actor,
        ours: {has},
        adopts: false,
        guardName: null,
      });
    },
    async close() {
      await duties?.handOver();
      await duties?.ended();
    },
  };
}
