import {dayAndTime, isSameDay, timeOfDay} from '../moment.ts';
import {say, spread, spreadFirst, type Line} from '../line.ts';
import type {LogRow} from './rows.ts';

/** Columns that hold what channels say and who did it, next to what happened. */
const WITH_BOTH = 110;

/** One row: when, mark, what, who. `isPicked` ones are marked and lit. */
export function logLine(
  row: LogRow,
  about: {now: number; width: number; isPicked: boolean; isDated: boolean},
): Line {
  const isToday = isSameDay(row.at, about.now);
  const time = isToday ? timeOfDay(row.at).padStart(about.isDated ? 11 : 8) : dayAndTime(row.at);
  const start: Line = [
    say(about.isPicked ? '›' : ' ', 'strong'),
    say(`${time}  `, 'quiet'),
    say(`${row.mark} `, row.tone),
    say(row.text, row.tone === 'bad' ? 'bad' : about.isPicked || row.isPinned ? 'strong' : 'plain'),
  ];
  const end: Line = row.told.length === 0 ? [] : [...row.told, say('  ')];
  const isRoomy = row.told.length === 0 || about.width >= WITH_BOTH;
  const who: Line = [...end, say(isRoomy ? row.who : '', 'quiet')];
  // On a narrow screen what happened comes before who did it.
  return about.width < WITH_BOTH
    ? spreadFirst(
        [
          [start, who],
          [start, end],
        ],
        about.width,
      )
    : spread(start, who, about.width);
}

/** Whether the rows span more than today: then they are told with their day. */
export function areDated(rows: readonly LogRow[], now: number): boolean {
  return rows.some(row => !isSameDay(row.at, now));
}
