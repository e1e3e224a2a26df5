import type {Command} from '../command.ts';
import type {Event} from '../event.ts';
import {withApproval} from '../approval.ts';
import {isName} from '../name.ts';
import {isPercent} from '../split.ts';
import {leavePhase} from '../phase-change.ts';
import {personGate, raiseGate, verdictGate} from '../guard-gates.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import type {Release, State} from '../state.ts';
import {targetOf, wrongState} from '../target.ts';

type Raise = Extract<Command, {type: 'set' | 'next' | 'enable' | 'include' | 'deny' | 'remove'}>;
type Move = Raise | Extract<Command, {type: 'pause' | 'resume' | 'disable'}>;
type Of<T extends Move['type']> = Extract<Command, {type: T}>;

/** Most users included by hand, and most denied by hand. All are part of every split. */
const LISTED_AT_MOST = 1000;

const LISTABLE = ['deploying', 'rolling', 'paused'] as const;

/** Decides commands that change percent, phase or audience of a live release. */
export function decideMove(state: State, command: Move): Decision {
  const target = targetOf(state, command.release);
  if ('decision' in target) return target.decision;
  const {release} = target;
  switch (command.type) {
    case 'pause':
      return decidePause(release, command);
    case 'resume':
      return decideResume(release, command);
    case 'disable':
      return decideDisable(release, command);
    default:
      return decideRaise(release, command);
  }
}

/** Decides commands that may bring gray to more users, of a release that is at hand. */
export function decideRaise(release: Release, command: Raise): Decision {
  switch (command.type) {
    case 'set':
      return decideSet(release, command);
    case 'next':
      return decideNext(release, command);
    case 'enable':
      return decideEnable(release, command);
    case 'include':
    case 'deny':
    case 'remove':
      return decideListed(release, command);
  }
}

function decideSet(release: Release, command: Of<'set'>): Decision {
  const {percent, from} = command;
  if (!isPercent(percent)) {
    return refuse(
      'bad-percent',
      `${typeof percent === 'number' ? percent : 'the value'} is not a percent from 0 to 100 with at most two decimals`,
      '0 to 100 with at most two decimals',
    );
  }
  const isRaise = percent > release.percent;
  const gate = isRaise
    ? (wrongState(
        release,
        ['rolling'],
        release.state === 'paused' ? 'resume it first' : 'only a rolling release can be raised',
      ) ??
      raiseGate(release, command) ??
      verdictGate(release, command))
    : wrongState(release, ['rolling', 'paused'], 'to take everything back: graydeck rollback');
  if (gate !== null) return gate;
  if (percent === release.percent) return already('already-so');
  if (from !== undefined && from !== release.percent) {
    return refuse(
      'moved-on',
      `the release is at ${release.percent} % now, not at ${from} %`,
      'look at the screen again, then decide',
      {percent: release.percent},
    );
  }
  const event = {type: 'percent-set', release: release.id, percent, from: release.percent} as const;
  return isRaise
    ? withApproval(release, command, {type: 'set', percent, from: release.percent}, accept(event))
    : accept(event);
}

function decideNext(release: Release, command: Of<'next'>): Decision {
  const gate = wrongState(
    release,
    ['rolling'],
    release.state === 'paused' ? 'resume it first' : 'only a rolling release has a next phase',
  );
  if (gate !== null) return gate;
  const {phases} = release.plan;
  if (command.from !== release.phase) {
    const index = release.phase;
    const name = phases[index]?.name ?? '?';
    return refuse(
      'moved-on',
      `the release is in phase ${index + 1} now: ${name}`,
      'look at the screen again, then decide',
      {
        phase: {index, name},
      },
    );
  }
  const phase = phases[release.phase + 1];
  if (phase === undefined)
    return refuse('last-phase', 'this is the last phase', 'graydeck complete promotes the version');
  const criteria = command.criteria ?? [];
  // A guard always gives reasons. Only a person's reason opens the gate.
  const isOverruled = command.by.kind === 'person' && (command.reason ?? '').trim() !== '';
  if (phase.needsEarlierCriteria && !isOverruled && !earlierCriteriaHeld(release, criteria)) {
    return refuse(
      'entry-gate',
      `${phase.name} needs every criterion of the phases before it to have held`,
      'wait until the guard has seen them hold, or give a reason (--reason)',
    );
  }
  const isManual = phases[release.phase]?.manual === true;
  const barred =
    (isManual ? personGate(command, `leaves ${phases[release.phase]?.name ?? 'this phase'}`) : null) ??
    raiseGate(release, command) ??
    verdictGate(release, command);
  if (barred !== null) return barred;
  const to = release.phase + 1;
  const left = leavePhase(release, {to, left: {phase: release.phase, criteria}}, command);
  // What is under way was approved when it began.
  if (release.opening?.to === to) return left;
  return withApproval(release, command, {type: 'next', from: release.phase, criteria}, left);
}

function earlierCriteriaHeld(release: Release, now: {text: string; outcome: string}[]): boolean {
  return release.plan.phases.slice(0, release.phase + 1).every(({criteria}, index) => {
    const seen =
      index === release.phase ? now : (release.left.findLast(one => one.phase === index)?.criteria ?? []);
    return criteria.every(
      ({condition, dryRun}) =>
        dryRun || seen.some(one => one.text === condition.text && one.outcome === 'holds'),
    );
  });
}

function decidePause(release: Release, {by, reason, because = []}: Of<'pause'>): Decision {
  if (release.state === 'paused') return already('already-so');
  const found = by.kind === 'guard' && because.length > 0 ? {because} : {};
  return (
    wrongState(release, ['rolling'], 'only a rolling release can be paused') ??
    accept({type: 'release-paused', release: release.id, reason: reason ?? null, ...found})
  );
}

function decideDisable(release: Release, {reason}: Of<'disable'>): Decision {
  if (release.disabled !== null) return already('already-so');
  return (
    wrongState(release, LISTABLE, 'to take everything back: graydeck rollback') ??
    accept({type: 'release-disabled', release: release.id, why: 'person', reason: reason ?? null})
  );
}

function decideEnable(release: Release, command: Of<'enable'>): Decision {
  if (release.disabled === null) return already('already-so');
  return (
    wrongState(release, LISTABLE, 'only while a release is deploying, rolling or paused') ??
    personGate(command, 'enables a release') ??
    raiseGate({...release, disabled: null}, command) ??
    withApproval(release, command, {type: 'enable'}, accept({type: 'release-enabled', release: release.id}))
  );
}

function decideResume(release: Release, command: Of<'resume'>): Decision {
  if (release.state === 'rolling') return already('already-so');
  return (
    wrongState(release, ['paused'], 'only a paused release can be resumed') ??
    personGate(command, 'ends a pause') ??
    accept({type: 'release-resumed', release: release.id})
  );
}

function decideListed(release: Release, command: Of<'include' | 'deny' | 'remove'>): Decision {
  const {type, user} = command;
  if (!isName(user, 1024))
    return refuse(
      'bad-input',
      'the user id is empty, too long or holds control characters',
      'an id of up to 1024 plain characters',
    );
  // A user can be denied as long as any user gets gray.
  const allowed = type === 'deny' ? ([...LISTABLE, 'promoting', 'failed'] as const) : LISTABLE;
  const gate = wrongState(release, allowed, 'only while a release is being deployed, rolling or paused');
  if (gate !== null) return gate;
  const isLess = type === 'deny' || (type === 'remove' && !release.deny.includes(user));
  const barred = isLess
    ? null
    : (personGate(command, 'includes a user by name') ?? raiseGate(release, command));
  if (barred !== null) return barred;
  const raised = (event: Event): Decision =>
    isLess ? accept(event) : withApproval(release, command, {type, user}, accept(event));
  const isIncluded = release.include.includes(user);
  const isDenied = release.deny.includes(user);
  if (type === 'remove')
    return isIncluded || isDenied
      ? raised({type: 'user-removed', release: release.id, user})
      : already('already-so');
  if (type === 'include' ? isIncluded : isDenied) return already('already-so');
  const listed = type === 'include' ? release.include : release.deny;
  if (listed.length >= LISTED_AT_MOST) {
    return refuse(
      'bad-input',
      `${LISTED_AT_MOST} users are ${type === 'include' ? 'included' : 'denied'} by hand already, which is the limit`,
      'name a group in the plan instead',
    );
  }
  return raised({type: type === 'include' ? 'user-included' : 'user-denied', release: release.id, user});
}
