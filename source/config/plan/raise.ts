import {z} from 'zod';
import {wallClock, type RaiseHours, type RaiseWindow} from '../../release/raise-hours.ts';
import {quote} from '../yaml/mistake.ts';
import {nearest} from '../yaml/nearest.ts';
import {child, isMapping, isWritten, type Reader, type Spot} from '../yaml/reader.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const EXAMPLE = 'Mon-Fri 09:00-17:00 Europe/Berlin, with a comma between windows';
const DATE_EXAMPLE = '2026-12-24';
const A_DAY = 1440;
const DAY_MS = 86_400_000;
/** Changes of the clocks are looked for in these years; the rules of a time zone repeat. */
const YEARS = [2026, 2032] as const;

/** `raise:` of a plan or project: a text, or `{when: …, except: [dates]}`. Undefined once its mistakes are told. */
export function readRaise(reader: Reader, spot: Spot): RaiseHours | undefined {
  if (typeof spot.value === 'string') return readWhen(reader, spot, []);
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {
      message: 'raise says when a release may be raised',
      allowed: `{when: "${EXAMPLE}", except: [${DATE_EXAMPLE}]}`,
    });
    return undefined;
  }
  const shape = {when: z.unknown(), except: z.unknown()};
  if (reader.fields(spot, shape, {hours: 'when', not: 'except', holidays: 'except'}) === null)
    return undefined;
  reader.require(spot, {when: `when: "${EXAMPLE}"`});
  const except = isWritten(spot, 'except') ? readDates(reader, child(spot, 'except')) : [];
  return isWritten(spot, 'when') ? readWhen(reader, child(spot, 'when'), except) : undefined;
}

function readWhen(reader: Reader, spot: Spot, except: string[]): RaiseHours | undefined {
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

function zoneOf(reader: Reader, spot: Spot, zone: string): string | null {
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

function readWindow(reader: Reader, spot: Spot, text: string): RaiseWindow | null {
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

function readDates(reader: Reader, spot: Spot): string[] {
  return reader.items(spot, `a list of dates: [${DATE_EXAMPLE}]`).flatMap(item => {
    const text = typeof item.value === 'string' ? item.value : '';
    const isDate = /^\d{4}-\d{2}-\d{2}$/u.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
    if (isDate && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)) return [text];
    reader.mistake(item, {message: 'this is no date', allowed: DATE_EXAMPLE});
    return [];
  });
}

/** A boundary that falls where clocks are changed: it is not there on one day, or it is there twice. */
function oddBoundary(
  timeZone: string,
  windows: readonly RaiseWindow[],
): {message: string; allowed: string} | null {
  for (const {date, day, from, to, isGap} of changesOf(timeZone)) {
    const inside = (minute: number, isStart: boolean) =>
      (from < minute || (isGap && isStart && from === minute)) && minute < to;
    const odd = windows
      .filter(window => window.days.includes(day))
      .flatMap(window => [
        ...(inside(window.from, true) ? [window.from] : []),
        ...(inside(window.to, false) ? [window.to] : []),
      ])[0];
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
  let at = Date.UTC(YEARS[0], 0, 1);
  for (let before = offsetOf(timeZone, at); at < Date.UTC(YEARS[1], 0, 1); at += DAY_MS) {
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
  return (Date.parse(`${date}T00:00:00Z`) - Math.floor(at / 60_000) * 60_000) / 60_000 + minute;
}

function clock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** `approval:` of a plan or phase: 2 people, or 1. Undefined: one. */
export function readApproval(reader: Reader, spot: Spot): 2 | undefined {
  if (spot.value === 2) return 2;
  if (spot.value !== 1)
    reader.mistake(spot, {message: 'a raise needs the yes of one person or of two', allowed: '1 or 2'});
  return undefined;
}
