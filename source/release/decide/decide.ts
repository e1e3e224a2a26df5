import type {Command} from '../command.ts';
import {lackOf} from '../command-shape.ts';
import {decideApprove} from './approve.ts';
import {decideAlert} from './alert.ts';
import {decideEnd} from './end.ts';
import {decideGuard} from './guard.ts';
import {decideOutbox} from './outbox.ts';
import {decideMove} from './move.ts';
import {decideStart} from './start.ts';
import {decideStep} from './step.ts';
import {decideUnknown, isAllowedUnread} from './unknown.ts';
import {refuse, type Decision} from '../refusal.ts';
import type {State} from '../state.ts';

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
