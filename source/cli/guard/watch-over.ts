import {randomUUID} from 'node:crypto';
import {createEvaluator} from '../../analysis/evidence/evidence.ts';
import type {Judged} from '../../analysis/judge/findings.ts';
import {metricBook} from '../../config/condition/metric-book.ts';
import {newAlertId} from '../../controller/ids.ts';
import type {Controller} from '../../controller/outcome.ts';
import {keepSteps, rememberOutcomes} from '../../steps/keep-steps.ts';
import type {StepRunner} from '../../steps/run-steps.ts';
import {runActiveGuard} from '../../guard/active-guard.ts';
import {begunByGuard} from '../../guard/begun-by-guard.ts';
import {machineClock} from '../../monitor/clock.ts';
import type {OutageTracker} from '../../monitor/outage-tracker.ts';
import {keepGuard, type Role} from '../../guard/keep-guard.ts';
import {type LeadershipTerm, LeaseHold} from '../../guard/lease.ts';
import type {FeatureStore} from '../../store/port.ts';
import type {Settings} from '../session/settings.ts';
import {stepRunner} from '../commands/steps.ts';
import {keepFeature} from './keep-feature.ts';
import type {Monitor} from '../../monitor/monitor.ts';

/** A feature to be watched over, and who is told of it. */
export interface Watched {
  feature: FeatureStore;
  controller: Controller;
  monitor: Monitor;
  settings: Pick<Settings, 'config' | 'declared'>;
  /** As the log shall name the guard. */
  name: string;
  outages: OutageTracker;
  onRole(role: Role): void;
  onTrouble(why: string | null): void;
}

/** Orders after which steps are due that this guard has to see through. */
const BEGINS_STEPS: ReadonlySet<string> = new Set(['rollback', 'next', 'complete']);

/** Guards a feature while no other guard does, until the signal aborts: judges, commands, runs steps. */
export async function watchOver(watched: Watched, signal: AbortSignal): Promise<void> {
  const {feature, controller, monitor, settings, name, outages, onTrouble} = watched;
  const {measuring, external} = monitor;
  void measuring.measurements.start();
  const lease = new LeaseHold(feature.lease, name, randomUUID(), machineClock);
  const book = metricBook(settings.config?.value.metrics);
  let performerOf: StepRunner['performerOf'] | null = null;
  let epoch: number | null = null;
  let judged: Judged | null = null;
  monitor.guardedBy({epoch: () => epoch, judged: () => judged});
  const onRole = (role: Role): void => {
    epoch = role.role === 'acting' ? role.epoch : null;
    judged = null;
    watched.onRole(role);
  };

  const work = async (term: LeadershipTerm) => {
    const ours = new Set<string>();
    const runner = stepRunner(feature, controller, term.actor, settings);
    // Over all terms of this process: what has come of a step is known although the guard was lost meanwhile.
    performerOf ??= rememberOutcomes(runner.performerOf);
    const steps = {...runner, performerOf, log: {...runner.log, execute: journalOf(term, runner.actor)}};
    const isOurs = (id: string) => ours.has(id) || begunByGuard(controller.commits(), id);
    const noting: LeadershipTerm = {
      ...term,
      async command(intent, reason, isMeant) {
        if (BEGINS_STEPS.has(intent.type) && 'release' in intent && term.isHeld()) ours.add(intent.release);
        return await term.command(intent, reason, isMeant);
      },
    };
    const means = {
      controller,
      measuring,
      routers: () => feature.routers.list(),
      shelf: feature.rollUps,
      external,
      traits: book.find,
      createEvaluator,
      outage: () => outages.outage,
      clock: machineClock,
      newAlertId,
      onJudged: (news: Judged) => {
        judged = news;
      },
    };
    const notifier = {by: term.actor, isOnDuty: () => true, isMeant: term.isHeld};
    await Promise.all([
      runActiveGuard(means, noting, onTrouble),
      keepSteps(steps, isOurs, term.signal),
      keepFeature({feature, controller, monitor, settings, notifier}, term.signal),
    ]);
  };

  /** Steps are begun while the guard is held; what has come of them may be told as long as the lease runs. */
  function journalOf(term: LeadershipTerm, actor: string): StepRunner['log']['execute'] {
    const by = {...term.actor, name: actor};
    return intent => {
      const isMeant = intent.type === 'begin-step' ? term.isHeld : term.isLeased;
      return controller.execute(intent, {by}, {isMeant});
    };
  }

  await keepGuard({controller, lease, outages, name, work, onRole}, signal);
}
