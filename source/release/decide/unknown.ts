import type {Command} from '../command.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import type {State} from '../state.ts';
import {personGate} from '../guard-gates.ts';

/**
 * Whether a command is allowed although the log holds something that this version does not know: the steps of a rollback
 * and what is told of it, and the answer of a person. None of them raises.
 */
export function isAllowedUnread({release}: State, command: Command): boolean {
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
export function decideUnknown(
  {unknownEvent}: State,
  command: Extract<Command, {type: 'accept-unknown'}>,
): Decision {
  if (unknownEvent === null) return already('already-so');
  const gate = personGate(command, 'answers for an event that is not known');
  if (gate !== null) return gate;
  if ((command.reason ?? '').trim() === '')
    return refuse('bad-input', 'an event that is not known is passed over for a reason', '--reason TEXT');
  if (command.event !== unknownEvent)
    return refuse('moved-on', `the log holds "${unknownEvent}" by now`, 'look again, then decide');
  return accept({type: 'unknown-accepted', ignorable: true, event: unknownEvent});
}
