import type {Dispatch} from '../release/dispatch.ts';
import {changeOrTime, type WorkingLog} from '../controller/working-log.ts';
import {type Performed, type Performer} from './run-steps.ts';

/** Longer than this the steps after it do not wait for a channel, milliseconds. */
const WAIT_AT_MOST_MS = 10_000;
const LOOK_AGAIN_MS = 500;

/**
 * Waits until every channel has been told of a rollback, or has failed for the moment: whoever tells people goes on with
 * it all the same. It sends nothing itself.
 */
export function notifyPerformer(log: Pick<WorkingLog, 'state' | 'subscribe'>): Performer {
  return {
    deadlineMs: WAIT_AT_MOST_MS + 2000,
    async perform({attempts}, {release, signal}) {
      const giveUpAt = performance.now() + WAIT_AT_MOST_MS;
      const find = () => log.state().outbox.find(({id}) => id === `rollback ${release.id}`);
      // Who asks for it once more wants to see another try.
      const isAgain = attempts > 0;
      while (isUnderWay(find(), isAgain) && performance.now() < giveUpAt && !signal.aborted)
        await changeOrTime(log, LOOK_AGAIN_MS, signal);
      return outcomeOf(find());
    },
  };
}

/** Whether a first answer of some channel is still to come; `isAgain`: or another one. */
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
    return {outcome: 'failed', error: 'nobody has told anybody: no guard and no console has channels'};
  const missing = deliveries.filter(({state}) => state !== 'done');
  const facts = {channels: deliveries.length, told: deliveries.length - missing.length};
  if (missing.length === 0) return {outcome: 'done', facts};
  const words = missing.map(
    ({channel, state, error}) =>
      `${channel} ${error ?? 'has not answered'}${state === 'waiting' ? ', tried again' : ''}`,
  );
  return {outcome: 'failed', error: words.join('; '), facts};
}
