import {createHash} from 'node:crypto';
import {emptyFold, foldAll} from '../../controller/fold.ts';
import {newAlertId, newReleaseId, newSilenceId} from '../../controller/ids.ts';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Intent} from '../../release/command.ts';
import type {Plan} from '../../release/plan.ts';
import type {State} from '../../release/state.ts';
import {HttpProblem} from '../problem.ts';
import type {CommandBody} from './shapes.ts';

/** The state that the caller saw: at version `from` of the log, or now. @throws HttpProblem 409 */
export function stateSeen(view: ControllerView, from: number | undefined): State {
  const {state, head} = view.snapshot();
  const newest = head?.version ?? 0;
  if (from === undefined || from === newest) return state;
  if (from > newest)
    throw new HttpProblem(
      409,
      'unknown-version',
      `the log has ${newest} commits, so version ${from} cannot have been seen`,
      'read the status again and send its head as from',
    );
  return foldAll(emptyFold(view.feature), view.commits().slice(0, from)).folded.state;
}

/**
 * The command that a body means, given the state that the caller saw. Ids of new things follow from the idempotency key,
 * so that a repeat after a restart of the server finds the first one.
 * @throws HttpProblem 409 where no release has been started
 */
export function intentOfBody(
  body: CommandBody,
  seen: State,
  given: {key: string | null; plan: Plan | null},
): Intent {
  const {key, plan} = given;
  switch (body.command) {
    case 'start':
      return {
        type: 'start',
        release: body.release ?? idOf('r', key) ?? newReleaseId(),
        version: body.version,
        ...(body.over === undefined ? {} : {over: body.over}),
        // The core checks what a caller sends as a plan.
        plan: plan ?? (body.plan as unknown as Plan),
        supersede: body.supersede ?? false,
      };
    case 'alerts': {
      const {level, message} = body;
      return {type: 'alert', alert: body.id ?? idOf('a', key) ?? newAlertId(), level, message};
    }
    case 'silence': {
      const {match, forMs} = body;
      return {type: 'silence', silence: body.id ?? idOf('s', key) ?? newSilenceId(), match, forMs};
    }
    case 'ack':
      throw new TypeError('the id of the alert stands in the path');
    default:
      return intentOnRelease(body, seen);
  }
}

type OnRelease = Exclude<CommandBody, {command: 'start' | 'alerts' | 'silence' | 'ack'}>;

function intentOnRelease(body: OnRelease, seen: State): Intent {
  const release = body.release ?? seen.release?.id;
  if (release === undefined)
    throw new HttpProblem(409, 'nothing-live', 'no release has been started', 'POST /api/v1/canary/start');
  switch (body.command) {
    case 'set': {
      const from = body.fromPercent ?? seen.release?.percent;
      return {type: 'set', release, percent: body.percent, ...(from === undefined ? {} : {from})};
    }
    case 'next':
      return {type: 'next', release, from: body.fromPhase ?? seen.release?.phase ?? -1};
    case 'retry':
      return {type: 'retry', release, ...(body.step === undefined ? {} : {step: body.step})};
    case 'approve': {
      const number = body.number ?? seen.release?.approval?.number;
      return {type: 'approve', release, ...(number === undefined ? {} : {number})};
    }
    case 'audience':
      return {type: body.action, release, user: body.user};
    default:
      return {type: body.command, release};
  }
}

/** An id that follows from an idempotency key; null without one. */
function idOf(kind: 'r' | 'a' | 's', key: string | null): string | null {
  if (key === null) return null;
  return `${kind}-${createHash('sha256').update(`${kind} ${key}`).digest('hex').slice(0, 16)}`;
}
