/** Hours in which a release may be raised, all in one time zone. */
export interface RaiseHours {
  /** As written, for example `Mon-Fri 09:00-17:00 Europe/Berlin`. */
  text: string;
  /** An IANA name. */
  timeZone: string;
  windows: RaiseWindow[];
  /** Days without raises in this time zone, for example `2026-12-24`. */
  except: string[];
}

/** A stretch of a day. It never passes midnight. */
export interface RaiseWindow {
  /** 1 Monday to 7 Sunday. */
  days: number[];
  /** Minutes after midnight on the wall clock; `to` is not part of it and at most 1440. */
  from: number;
  to: number;
}

/** A moment on the wall clock of a time zone. */
export interface WallClock {
  /** For example `2026-12-24`. */
  date: string;
  /** 1 Monday to 7 Sunday. */
  day: number;
  /** Minutes after midnight. */
  minute: number;
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

/** Reads the wall clock of a time zone. @throws RangeError if there is no such time zone. */
export function wallClock(timeZone: string, at: number): WallClock {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(at).map(({type, value}) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    day: DAYS.indexOf(part('weekday')) + 1,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

/** Days from 1970-01-01 to a date of the Gregorian calendar. The date must be a valid one. */
export function dayNumber(date: string): number {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number);
  // Years begin in March here, so that the leap day is the last one.
  const from = month > 2 ? year : year - 1;
  const days = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return from * 365 + Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400) + days - 719_468;
}

/** The first of these hours that is closed at this moment; null if all are open. No hours at all are always open. */
export function closedHours(hours: readonly RaiseHours[] | undefined, at: number): RaiseHours | null {
  return hours?.find(one => !isOpen(one, at)) ?? null;
}

function isOpen({timeZone, windows, except}: RaiseHours, at: number): boolean {
  // A time zone that this system does not know opens nothing.
  try {
    const {date, day, minute} = wallClock(timeZone, at);
    if (except.includes(date)) return false;
    return windows.some(({days, from, to}) => days.includes(day) && from <= minute && minute < to);
  } catch {
    return false;
  }
}

const STEP_MS = 15 * 60_000;
const AHEAD_MS = 15 * 24 * 3_600_000;

/**
 * When all of these hours are open next, milliseconds since 1970, to a quarter of an hour; null: not within 15 days.
 * Costs some milliseconds, so it is for messages only.
 */
export function nextOpening(hours: readonly RaiseHours[], at: number): number | null {
  const first = Math.ceil(at / STEP_MS) * STEP_MS;
  for (let moment = first; moment < at + AHEAD_MS; moment += STEP_MS)
    if (closedHours(hours, moment) === null) return moment;
  return null;
}
