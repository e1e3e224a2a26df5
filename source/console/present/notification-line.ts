import type {Delivery, Dispatch} from '../../release/dispatch.ts';
import type {Event} from '../../release/event.ts';
import type {State} from '../../release/state.ts';
import type {Cleaner} from './clean.ts';
import {say, type Line, type Piece} from './line.ts';
import type {Mark} from './marks.ts';

const MARKS: Readonly<Record<Delivery['state'], Mark>> = {
  sending: {mark: '…', tone: 'quiet'},
  waiting: {mark: '↻', tone: 'warn'},
  done: {mark: '✔', tone: 'good'},
  failed: {mark: '✖', tone: 'bad'},
};

/** What people were told because of an event; undefined: nothing, or it was too long ago. */
export function dispatchOf({outbox}: State, event: Event): Dispatch | undefined {
  switch (event.type) {
    case 'alert-raised':
      return outbox.find(({id}) => id === `raised ${event.alert}`);
    case 'alert-escalated':
      return outbox.findLast(({kind, alert}) => kind === 'escalated' && alert === event.alert);
    case 'alert-resolved':
      return outbox.findLast(({kind, alert}) => kind === 'over' && alert === event.alert);
    case 'rollback-started':
      return outbox.find(({id}) => id === `rollback ${event.release}`);
    case 'release-completed':
      return outbox.find(({id}) => id === `completed ${event.release}`);
    case 'step-ended':
      return event.outcome === 'failed'
        ? outbox.findLast(({id}) => id.startsWith(`failed ${event.release} ${event.step} `))
        : undefined;
    default:
      return undefined;
  }
}

/** `slack ✔  mail ✔  sms ✖ 429`: how far each channel is, and what keeps it. */
export function notificationLine(
  dispatch: {deliveries: readonly Pick<Delivery, 'channel' | 'state' | 'error'>[] | null} | undefined,
  clean: Pick<Cleaner, 'name'>,
): Line {
  return (dispatch?.deliveries ?? []).flatMap(({channel, state, error}, index): Piece[] => {
    const {mark, tone} = MARKS[state];
    // Of an error its number says enough in a row; the log has all of it.
    const code =
      error === null || state === 'done' ? '' : ` ${/\b[45]\d\d\b/u.exec(error)?.[0] ?? ''}`.trimEnd();
    return [
      say(`${index === 0 ? '' : '  '}${clean.name(channel, 20)} `, 'quiet'),
      say(`${mark}${code}`, tone),
    ];
  });
}
