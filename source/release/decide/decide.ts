import {lackOf} from '../command-shape.ts';
import type {Command} from '../command.ts';
import {personGate} from '../guard-gates.ts';
import {type Decision, accept, already, refuse} from '../refusal.ts';
import type {State} from '../state.ts';
import {decideAlert} from './alert.ts';
import {decideApprove} from './approve.ts';
import {decideEnd} from './end.ts';
import {decideGuard} from './guard.ts';
import {decideMove} from './move.ts';
import {decideOutbox} from './outbox.ts';
import {decideStart} from './start.ts';
import {decideStep} from './step.ts';

/**
 * Whether a command is allowed although the log holds something that this version does not know: the steps of a rollback
 * and what is told of it, and the answer of a person. None of them raises.
 */
function isAllowedUnread({release}: State, command: Command): boolean {
  switch (command.type) {
    case 'accept-unknown':
    case 'begin-delivery':
    case 'end-delivery':
      return true;
    case 'begin-step':
    case 'leave-step':
    case 'end-step':
    case 'retry': {
      const isBack = release?.state === 'rolling_back' || release?.state === 'rolled_back';
      const step = release?.steps.find(({id}) => id === command.step);
      return isBack && (step === undefined ? command.type === 'retry' : step.run === 'rollback');
    }
    default:
      return false;
  }
}

/** A person passes over what this version does not know. What it has changed stays unknown here. */
function decideUnknown({unknownEvent}: State, command: Extract<Command, {type: 'accept-unknown'}>): Decision {
  if (unknownEvent === null) return already('already-so');
  const gate = personGate(command, 'answers for an event that is not known');
  if (gate !== null) return gate;
  if ((command.reason ?? '').trim() === '')
    return refuse('bad-input', 'an event that is not known is passed over for a reason', '--reason TEXT');
  if (command.event !== unknownEvent)
    return refuse('moved-on', `the log holds "${unknownEvent}" by now`, 'look again, then decide');
  return accept({type: 'unknown-accepted', ignorable: true, event: unknownEvent});
}

/**
 * Decides a command: the events to append, or a refusal with its remedy. Pure, and never throws. All
 * decisions are made here.
 */
export function decide(state: State, command: Command): Decision {
  const gate = gateOf(state, command);
  if (gate !== null) return gate;
  switch (command.type) {
    case 'start':
      return decideStart(state, command);
    case 'rollback':
    case 'complete':
      return decideEnd(state, command);
    case 'set':
    case 'next':
    case 'pause':
    case 'resume':
    case 'enable':
    case 'disable':
    case 'include':
    case 'deny':
    case 'remove':
      return decideMove(state, command);
    case 'approve':
      return decideApprove(state, command);
    case 'accept-unknown':
      return decideUnknown(state, command);
    case 'tell-gate':
    case 'retry':
    case 'begin-step':
    case 'leave-step':
    case 'end-step':
      return decideStep(state, command);
    case 'alert':
    case 'acknowledge':
    case 'resolve':
    case 'silence':
      return decideAlert(state, command);
    case 'escalate':
    case 'begin-delivery':
    case 'end-delivery':
      return decideOutbox(state, command);
    case 'take-guard':
    case 'leave-guard':
    case 'verdict':
    case 'hold-clock':
    case 'run-clock':
      return decideGuard(state, command);
  }
}

/** Checks that come before every command. A rollback passes them all, except the check of its shape. */
function gateOf(state: State, command: Command): Decision | null {
  const lack = lackOf(command);
  if (lack !== null) return refuse('bad-input', lack, 'graydeck --help');
  if (command.type === 'rollback') return null;
  if (state.unknownEvent !== null && !isAllowedUnread(state, command)) {
    return refuse(
      'newer-log',
      `the log holds "${state.unknownEvent}", which this version does not know`,
      'upgrade graydeck here, or answer for it: graydeck doctor --accept-unknown --reason TEXT; a rollback is possible now',
    );
  }
  // The outcome of a notification is a fact, whichever guard holds the epoch.
  if (command.type === 'end-delivery') return null;
  if (command.by.kind === 'guard' && command.type !== 'take-guard' && !holdsGuard(state, command)) {
    return refuse(
      'old-epoch',
      state.guard === null
        ? 'no guard has taken over yet'
        : `${state.guard.name} guards with epoch ${state.guard.epoch}, this command has another`,
      'take the guard again, then judge again',
    );
  }
  return null;
}

function holdsGuard({guard}: State, {by}: Command): boolean {
  return guard !== null && !guard.left && guard.epoch === by.epoch;
}
