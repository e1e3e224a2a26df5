import type {Command} from '../command.ts';
import type {Event} from '../event.ts';
import {isPercent} from '../percent.ts';
import {mistakeInPlan} from '../plan-shape.ts';
import type {Plan} from '../plan.ts';
import {accept, refuse, type Decision} from '../refusal.ts';
import {rollbackEvent} from './end.ts';
import {isLive, type QueuedStart, type State} from '../state.ts';
import {hasEnded, stepsOf} from '../step.ts';
import {IN_WORDS} from '../target.ts';
import {isId, isName} from '../name.ts';
import {personGate} from '../verdict-gate.ts';

type Start = Extract<Command, {type: 'start'}>;

/**
 * Decides a start. It is refused while a release is live. With `supersede` that release is rolled back first
 * and this start waits.
 */
export function decideStart(state: State, command: Start): Decision {
  const gate = personGate(command, 'starts a release') ?? mistakeIn(state, command);
  if (gate !== null) return gate;
  const start: Omit<QueuedStart, 'by'> = {
    release: command.release,
    version: command.version,
    over: command.over ?? null,
    plan: command.plan,
  };
  const {release} = state;
  if (release === null || !(isLive(release) || release.state === 'rolling_back'))
    return accept(...startEvents({...start, over: start.over ?? state.prodVersion}, command.at));
  if (command.supersede !== true) {
    return refuse(
      'already-live',
      `${release.version} is ${IN_WORDS[release.state]}`,
      release.state === 'rolling_back'
        ? 'wait until it is rolled back, or start with --supersede'
        : 'complete it or roll it back, or start with --supersede',
      {version: release.version, state: release.state},
    );
  }
  const queued: Event = {type: 'start-queued', after: release.id, ...start};
  return isLive(release) ? accept(rollbackEvent(release, command), queued) : accept(queued);
}

/** The first events of a release. Without deployment steps it enters its first phase at once. */
export function startEvents(start: Omit<QueuedStart, 'by'>, at: number): Event[] {
  const {release, version, over, plan} = start;
  const steps = stepsOf('deploy', plan, at);
  const begun: Event = {type: 'release-started', release, version, over, plan, steps};
  return steps.every(hasEnded) ? [begun, firstPhase(release, plan)] : [begun];
}

export function firstPhase(release: string, plan: Plan): Event {
  return {type: 'phase-entered', release, phase: 0, percent: plan.phases[0]?.percent ?? 0};
}

function mistakeIn(state: State, {release, version, over, plan}: Start): Decision | null {
  const isNamed = isName(version) && (over === undefined || isName(over));
  if (!isNamed)
    return refuse(
      'bad-input',
      'the version is empty, too long or holds control characters',
      'a version of up to 128 plain characters',
    );
  if (!isId(release))
    return refuse(
      'bad-input',
      'the release id is empty, too long or holds control characters',
      'an id of up to 64 plain characters',
    );
  const mistake = mistakeInPlan(plan);
  if (mistake !== null)
    return refuse('bad-input', `the plan cannot be run: ${mistake}`, 'graydeck plan check FILE');
  if (plan.phases.length === 0)
    return refuse('bad-input', 'the plan has no phases', 'a plan with at least one phase');
  if (!plan.phases.every(phase => isPercent(phase.percent))) {
    return refuse(
      'bad-percent',
      'a phase has a percent that is not 0 to 100 with at most two decimals',
      '0 to 100 with at most two decimals',
    );
  }
  const isUsed =
    state.release?.id === release ||
    state.past.some(past => past.id === release) ||
    state.rolledBack.includes(release);
  return isUsed
    ? refuse('bad-input', `the release id ${release} was used before`, 'use a new release id')
    : null;
}
