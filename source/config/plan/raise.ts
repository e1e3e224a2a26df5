import {z} from 'zod';
import {dayNumber, wallClock, type RaiseHours, type RaiseWindow} from '../../release/raise-hours.ts';
import {child, isWritten, type Spot, type YamlReader} from '../yaml/reader.ts';
import {made, mapping, may, must} from '../yaml/tree.ts';
import {nearest, quote} from '../../text/quote.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const EXAMPLE = 'Mon-Fri 09:00-17:00 Europe/Berlin, with a comma between windows';
const DATE_EXAMPLE = '2026-12-24';
const A_DAY = 1440;
const DAY_MS = 86_400_000;
/** Changes of the clocks are looked for in these years; the rules of a time zone repeat. */
const YEARS = ['2026-01-01', '2032-01-01'] as const;

const when = z.unknown().meta({type: 'string', form: EXAMPLE});
const date = made(z.unknown().meta({type: 'string', form: DATE_EXAMPLE}), (value, at, reader) => {
  const text = typeof value === 'string' ? value : '';
  if (/^\d{4}-\d{2}-\d{2}$/u.test(text) && isDay(text)) return text;
  return reader.mistake(at, {message: 'this is no date', allowed: DATE_EXAMPLE});
});

/** `raise:` of a plan or project: a text, or when and which days not. */
export const raise = z
  .union([
    made(z.string().meta({form: EXAMPLE}), (_, at, reader) => readWhen(reader, at, [])),
    made(
      mapping(
        {
          when: must(when, 'Days and hours with their time zone.', EXAMPLE),
          except: may(
            z.array(date).meta({form: `a list of dates: [${DATE_EXAMPLE}]`}),
            'Days without raises.',
            `[${DATE_EXAMPLE}]`,
            'none',
          ),
        },
        {title: 'hours', alsoCalled: {hours: 'when', not: 'except', holidays: 'except'}},
      ),
      ({except = []}, at, reader): RaiseHours | undefined =>
        isWritten(at, 'when') ? readWhen(reader, child(at, 'when'), except) : undefined,
    ),
  ])
  .meta({id: 'RaiseHours', form: `{when: "${EXAMPLE}", except: [${DATE_EXAMPLE}]}`});

function readWhen(reader: YamlReader, spot: Spot, except: string[]): RaiseHours | undefined {
  const text = typeof spot.value === 'string' ? spot.value.trim().replaceAll(/\s+/gu, ' ') : '';
  const [, hours = '', zone = ''] = /^(.+) (\S+)$/u.exec(text) ?? [];
  if (!/\d$/u.test(hours)) {
    const message = /\d$/u.test(text) ? `${quote(text)} names no time zone` : 'this says no days and hours';
    reader.mistake(spot, {message, allowed: EXAMPLE});
    return undefined;
  }
  const timeZone = zoneOf(reader, spot, zone);
  const windows: RaiseWindow[] = [];
  for (const part of hours.split(',')) {
    const window = readWindow(reader, spot, part.trim());
    if (window === null) return undefined;
    const other = windows.find(one => overlap(one, window));
    if (other !== undefined) {
      reader.mistake(spot, {
        message: `${quote(part.trim())} overlaps another window of the same day`,
        allowed: 'windows that do not overlap, or one longer window',
      });
      return undefined;
    }
    windows.push(window);
  }
  if (timeZone === null) return undefined;
  const odd = oddBoundary(timeZone, windows);
  if (odd !== null) reader.mistake(spot, odd);
  return odd === null ? {text, timeZone, windows, except} : undefined;
}

function zoneOf(reader: YamlReader, spot: Spot, zone: string): string | null {
  try {
    wallClock(zone, 0);
    return zone;
  } catch {
    const near = nearest(zone, Intl.supportedValuesOf('timeZone'));
    reader.mistake(spot, {
      message: `${quote(zone)} is no time zone${near === null ? '' : `; did you mean ${near}?`}`,
      allowed: 'a name of the IANA list: Europe/Berlin, Asia/Shanghai, UTC',
    });
    return null;
  }
}

function readWindow(reader: YamlReader, spot: Spot, text: string): RaiseWindow | null {
  const [, first = '', last = first, start = '', end = ''] =
    /^([a-z]+)(?:-([a-z]+))? (\d{1,2}:\d{2})-(\d{1,2}:\d{2})$/iu.exec(text) ?? [];
  const days = daysOf(first, last);
  const [from, to] = [minuteOf(start), minuteOf(end)];
  if (days === null || from === null || to === null) {
    reader.mistake(spot, {message: `${quote(text)} is no window of a day`, allowed: EXAMPLE});
    return null;
  }
  if (from < to) return {days, from, to};
  reader.mistake(spot, {
    message: from === to ? `${quote(text)} is no time at all` : `${quote(text)} passes midnight`,
    allowed: 'windows within a day: Fri 22:00-24:00, Sat 00:00-02:00',
  });
  return null;
}

function daysOf(first: string, last: string): number[] | null {
  if (/^daily$/iu.test(first)) return [1, 2, 3, 4, 5, 6, 7];
  const [from, to] = [first, last].map(name =>
    DAYS.findIndex(day => day.toLowerCase() === name.slice(0, 3).toLowerCase()),
  );
  if (from === undefined || to === undefined || from < 0 || to < 0) return null;
  const count = ((to - from + 7) % 7) + 1;
  return Array.from({length: count}, (_, index) => ((from + index) % 7) + 1);
}

/** Minutes after midnight; 24:00 is the end of a day. */
function minuteOf(text: string): number | null {
  const [hours = Number.NaN, minutes = Number.NaN] = text.split(':').map(Number);
  const minute = hours * 60 + minutes;
  return minutes < 60 && minute <= A_DAY ? minute : null;
}

function overlap(one: RaiseWindow, other: RaiseWindow): boolean {
  return one.days.some(day => other.days.includes(day)) && one.from < other.to && other.from < one.to;
}

/** A boundary that falls where clocks are changed: it is not there on one day, or it is there twice. */
function oddBoundary(
  timeZone: string,
  windows: readonly RaiseWindow[],
): {message: string; allowed: string} | null {
  for (const {date, day, from, to, isGap} of changesOf(timeZone)) {
    const inside = (minute: number, isStart: boolean) =>
      (from < minute || (isGap && isStart && from === minute)) && minute < to;
    const boundaries = windows.flatMap(window =>
      window.days.includes(day)
        ? [
            ...(inside(window.from, true) ? [window.from] : []),
            ...(inside(window.to, false) ? [window.to] : []),
          ]
        : [],
    );
    const [odd] = boundaries;
    if (odd === undefined) continue;
    return {
      message: `${clock(odd)} ${isGap ? 'is not there' : 'is there twice'} on ${date} in ${timeZone}, where clocks are changed`,
      allowed: `a boundary before ${clock(from)}, or from ${clock(to)} on`,
    };
  }
  return null;
}

/** Stretches of the wall clock that are left out (a gap) or are there twice, in minutes of a day. */
function changesOf(
  timeZone: string,
): {date: string; day: number; from: number; to: number; isGap: boolean}[] {
  const found = [];
  let at = dayNumber(YEARS[0]) * DAY_MS;
  for (let before = offsetOf(timeZone, at); at < dayNumber(YEARS[1]) * DAY_MS; at += DAY_MS) {
    const after = offsetOf(timeZone, at + DAY_MS);
    if (after === before) continue;
    let [low, high] = [at, at + DAY_MS];
    while (high - low > 60_000) {
      const middle = Math.floor((low + high) / 120_000) * 60_000;
      if (offsetOf(timeZone, middle) === before) low = middle;
      else high = middle;
    }
    const isGap = after > before;
    const {date, day, minute} = wallClock(timeZone, high - 60_000);
    const edge = minute + 1;
    found.push(
      isGap
        ? {date, day, from: edge, to: edge + (after - before), isGap}
        : {date, day, from: edge - (before - after), to: edge, isGap},
    );
    before = after;
  }
  return found;
}

/** How far the wall clock is ahead of UTC, minutes. */
function offsetOf(timeZone: string, at: number): number {
  const {date, minute} = wallClock(timeZone, at);
  return dayNumber(date) * A_DAY + minute - Math.floor(at / 60_000);
}

/** Whether a date is one of the calendar: no 30th of February. */
function isDay(text: string): boolean {
  const day = dayNumber(text);
  return day > 0 && wallClock('UTC', day * DAY_MS).date === text;
}

function clock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `approval:` of a plan or phase: how many people a raise needs. */
export const approval = made(
  z.unknown().meta({type: 'integer', minimum: 1, maximum: 2, form: '1 or 2'}),
  (value, at, reader): 1 | 2 | undefined =>
    value === 1 || value === 2
      ? value
      : reader.mistake(at, {message: 'a raise needs the yes of one person or of two', allowed: '1 or 2'}),
);
