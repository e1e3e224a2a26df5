import type {Dispatch} from '../release/dispatch.ts';
import {changeOrTime, type WorkingLog} from '../controller/working-log.ts';
import {type Performed, type Performer} from './run-steps.ts';

/** Most milliseconds that later steps wait for a channel. */
const WAIT_AT_MOST_MS = 10_000;
const LOOK_AGAIN_MS = 500;

/**
 * Waits until every channel has delivered the notification of a rollback, or has failed for now. The outbox
 * sends it and continues independently.
 */
export function notifyPerformer(log: Pick<WorkingLog, 'state' | 'subscribe'>): Performer {
  return {
    deadlineMs: WAIT_AT_MOST_MS + 2000,
    async perform({attempts}, {release, signal}) {
      const giveUpAt = performance.now() + WAIT_AT_MOST_MS;
      const find = () => log.state().outbox.find(({id}) => id === `rollback ${release.id}`);
      // A retry waits for another try.
      const isAgain = attempts > 0;
      while (isUnderWay(find(), isAgain) && performance.now() < giveUpAt && !signal.aborted)
        await changeOrTime(log, LOOK_AGAIN_MS, signal);
      return outcomeOf(find());
    },
  };
}

/** Whether the first try of a channel is still to come; with `isAgain`, also whether a further one is. */
function isUnderWay(dispatch: Dispatch | undefined, isAgain: boolean): boolean {
  if (dispatch === undefined) return false;
  const {deliveries} = dispatch;
  return (
    deliveries === null ||
    deliveries.some(
      ({state, attempts}) => state === 'sending' || attempts === 0 || (isAgain && state === 'waiting'),
    )
  );
}

function outcomeOf(dispatch: Dispatch | undefined): Performed {
  if (dispatch === undefined) return {outcome: 'skipped'};
  const {deliveries} = dispatch;
  if (deliveries === null)
    return {
      outcome: 'failed',
      error: 'notification not sent: no running guard or console has a channel configured',
    };
  const missing = deliveries.filter(({state}) => state !== 'done');
  const facts = {channels: deliveries.length, told: deliveries.length - missing.length};
  if (missing.length === 0) return {outcome: 'done', facts};
  const words = missing.map(
    ({channel, state, error}) =>
      `${channel} ${error ?? 'has not answered'}${state === 'waiting' ? ', will be tried again' : ''}`,
  );
  return {outcome: 'failed', error: words.join('; '), facts};
}
