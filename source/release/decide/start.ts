import {approverOf, askedByStart, startsWithApproval, wantsApproval, type Approver} from '../approval.ts';
import type {Command, Stamp} from '../command.ts';
import type {Event} from '../event.ts';
import {freezeWords, isFrozen} from '../freeze.ts';
import {isPercent} from '../split.ts';
import {mistakeInPlan} from '../plan-shape.ts';
import {personGate, raiseGate} from '../guard-gates.ts';
import {accept, refuse, type Decision} from '../refusal.ts';
import {rollbackEvent} from './end.ts';
import {isLive, type QueuedStart, type Release, type State} from '../state.ts';
import {hasEnded, stepsOf} from '../step.ts';
import {IN_WORDS} from '../target.ts';
import {isId, isName} from '../name.ts';
import {startOf} from '../well-formed.ts';

type StartCommand = Extract<Command, {type: 'start'}>;
/** A start without its author, who stands in the commit. */
type Start = Omit<QueuedStart, 'by' | 'authenticated'>;

/**
 * Decides a start. It is refused while a release is live. With `supersede` that release is rolled back first
 * and this start waits.
 */
export function decideStart(state: State, command: StartCommand): Decision {
  const gate =
    personGate(command, 'starts a release') ??
    mistakeIn(state, command) ??
    raiseGate(null, command) ??
    actorGate(command);
  if (gate !== null) return gate;
  const start: Start = {
    release: command.release,
    version: command.version,
    over: command.over ?? null,
    plan: command.plan,
  };
  const {release} = state;
  if (release === null || !(isLive(release) || release.state === 'rolling_back'))
    return accept(
      ...startEvents({...start, over: start.over ?? state.prodVersion}, starterHere(command), command),
    );
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

/** The first events of a release. Without deploy steps it enters its first phase at once. */
export function startEvents(start: Start, starter: Approver | null, stamp: Stamp): Event[] {
  const {release, version, over, plan} = start;
  const steps = stepsOf('deploy', plan, stamp.at);
  const begun: Event = {type: 'release-started', release, version, over, plan, steps};
  const entered = {id: release, plan, disabled: null};
  return steps.every(hasEnded) ? [begun, ...firstPhase(entered, starter, stamp)] : [begun];
}

/**
 * The way into the first phase. Where the plan wants two people, or the store is frozen by now, the phase is entered with
 * prod for everyone: gray is enabled by the second person's yes, or once the freeze is over.
 */
export function firstPhase(
  {id, plan, disabled}: Pick<Release, 'id' | 'plan' | 'disabled'>,
  starter: Approver | null,
  {at, freeze = null}: Pick<Stamp, 'at' | 'freeze'>,
): Event[] {
  const entered: Event = {
    type: 'phase-entered',
    release: id,
    phase: 0,
    percent: plan.phases[0]?.percent ?? 0,
  };
  const closed = (why: 'approval' | 'frozen', reason: string | null): Event => ({
    type: 'release-disabled',
    release: id,
    why,
    reason,
  });
  if (startsWithApproval(plan))
    return [entered, ...(disabled === null ? [closed('approval', null)] : []), askedByStart(id, starter)];
  const isBarred = disabled === null && freeze !== null && isFrozen(freeze, at);
  return isBarred ? [entered, closed('frozen', startOf(freezeWords(freeze), 300))] : [entered];
}

/** The person who started a release, as the store knows them; null: it does not, or an older version started it. */
export function starterOf(
  start: Pick<Release, 'startedBy' | 'startedAs'> | Pick<QueuedStart, 'by' | 'authenticated'>,
): Approver | null {
  const [by, authenticated] =
    'startedBy' in start ? [start.startedBy, start.startedAs] : [start.by, start.authenticated];
  return authenticated === null ? null : {by, authenticated};
}

/** A plan that wants two people is refused where the store cannot tell them apart. */
function actorGate(command: StartCommand): Decision | null {
  if (!wantsApproval(command.plan)) return null;
  const approver = approverOf(command);
  return 'refusal' in approver ? approver.refusal : null;
}

function starterHere(command: StartCommand): Approver | null {
  const approver = approverOf(command);
  return 'refusal' in approver ? null : approver;
}

function mistakeIn(state: State, {release, version, over, plan}: StartCommand): Decision | null {
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
