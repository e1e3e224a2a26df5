import {readDuration} from '../../config/duration.ts';
import {momentOf} from '../../audience/moment.ts';
import {usage} from '../output/failure.ts';

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
