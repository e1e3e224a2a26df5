import {approverOf, given, secondYes} from '../approval.ts';
import type {Command} from '../command.ts';
import {personGate, raiseGate} from '../guard-gates.ts';
import {accept, refuse, type Decision} from '../refusal.ts';
import type {Release, State} from '../state.ts';
import {targetOf} from '../target.ts';
import {decideCompletion} from './end.ts';
import {decideRaise} from './move.ts';

/**
 * A person's yes to the raise that waits. The second yes to what a person wanted carries it out, checked as if it were
 * wanted now. What a guard wanted is carried out by the guard, while its verdict still says so.
 */
export function decideApprove(state: State, command: Extract<Command, {type: 'approve'}>): Decision {
  const target = targetOf(state, command.release);
  if ('decision' in target) return target.decision;
  const {release} = target;
  const person = personGate(command, 'approves a raise');
  if (person !== null) return person;
  const {approval} = release;
  if (approval === null)
    return refuse('nothing-asked', 'no raise waits for a second person', 'graydeck status');
  if (command.number !== undefined && command.number !== approval.number)
    return refuse('moved-on', 'another raise waits by now', 'graydeck status, then decide');
  const closed = approval.wish.type === 'enable' ? {...release, disabled: null} : release;
  const gate = raiseGate(closed, command);
  if (gate !== null) return gate;
  const approver = approverOf(command);
  if ('refusal' in approver) return approver.refusal;
  const twice = secondYes(approval, approver);
  if (twice !== null) return twice;
  const yes = given(release, approval, approver);
  const approvers = [...approval.approvers, approver];
  if (approval.wantedBy === 'guard' || approvers.length < 2) return accept(yes);
  const carried = carryOut({...release, approval: {...approval, approvers}}, command);
  return carried.ok ? accept(yes, ...carried.events) : carried;
}

/** The wish as a command of its own; the reason is that of the person who asked. */
function carryOut(release: Release, {by, at, freeze}: Command): Decision {
  const {approval} = release;
  if (approval === null) return accept();
  const {wish, reason} = approval;
  const stamp = {
    by,
    at,
    release: release.id,
    ...(freeze === undefined ? {} : {freeze}),
    ...(reason === null ? {} : {reason}),
  };
  return wish.type === 'complete'
    ? decideCompletion(release, {...wish, ...stamp})
    : decideRaise(release, {...wish, ...stamp});
}
