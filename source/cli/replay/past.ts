import {momentOf} from '../../audience/moment.ts';
import {readDuration} from '../../config/values.ts';
import type {ConsoleMode, Deck} from '../../console/deck.ts';
import type {Actor} from '../../release/command.ts';
import {type PastOptions, openPastMonitor} from '../../replay/past-monitor.ts';
import {usage} from '../output/failure.ts';

/** Opens the deck over a recording: the same screen, the clock in the viewer's hand, and nothing that can be changed. */
export function openPastDeck({actor, mode, ...past}: PastOptions & {actor: Actor; mode: ConsoleMode}): Deck {
  const monitor = openPastMonitor(past);
  return {
    monitor,
    features: () => Promise.resolve([monitor.feature]),
    controller: null,
    time: {reading: () => monitor.reading(), press: key => monitor.press(key)},
    actor,
    mode: {...mode, readOnly: true},
    extras: [],
    newId: () => '',
    close() {
      monitor.close();
      return Promise.resolve();
    },
  };
}

/**
 * A moment as it is typed: `10m` before the end, `14:02` of its day where this program runs, or a whole date, which is UTC without a zone.
 * @param end what durations count back from, milliseconds since 1970
 * @throws Failure exit code 2
 */
export function readMoment(text: string, end: number): number {
  const ago = readDuration(text);
  if (ago.ok) return end - ago.value;
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/u.exec(text);
  if (clock !== null) {
    const [hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map(part => Number(part ?? 0));
    const day = new Date(end);
    day.setHours(hours, minutes, seconds, 0);
    if (hours < 24 && minutes < 60 && seconds < 60)
      return day.getTime() > end ? day.getTime() - 86_400_000 : day.getTime();
  }
  const date = momentOf(text);
  if (Number.isFinite(date)) return date;
  throw usage(
    `${JSON.stringify(text)} is no moment`,
    '--from 10m, --from 14:02 or --from 2026-11-23T14:02:00+08:00',
    'bad-moment',
  );
}
