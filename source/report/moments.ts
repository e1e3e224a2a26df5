/** Formats times and durations of a report in full, because it is read days later. */

/** Formats times in one time zone. */
export interface TimeTexts {
  zone: string;
  /** For example `2026-11-23 14:02:31`. */
  full(at: number): string;
  /** For example `14:02:31`. With the date if its day differs from that of `reference`. */
  short(at: number, reference: number): string;
}

/** @param zone IANA name, for example `Asia/Shanghai` */
export function momentsIn(zone: string): TimeTexts {
  const format = new Intl.DateTimeFormat('sv-SE', {timeZone: zone, dateStyle: 'short', timeStyle: 'medium'});
  const full = (at: number) => format.format(at);
  return {
    zone,
    full,
    short(at, reference) {
      const [day = '', time = ''] = full(at).split(' ');
      return full(reference).startsWith(day) ? time : `${day} ${time}`;
    },
  };
}

/** Formats a measured duration: `0.21 s`, `12.4 s`. */
export function secondsWords(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Unit names of a language, longest unit first. */
export type TimeUnits = readonly [day: string, hour: string, minute: string, second: string];

const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000] as const;

/** Formats a duration, rounded to at most two units: `42 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function lastedWords(ms: number, units: TimeUnits): string {
  const first = UNITS_MS.findIndex(unit => ms >= unit);
  const at = first === -1 ? UNITS_MS.length - 1 : first;
  const part = UNITS_MS[Math.min(at + 1, UNITS_MS.length - 1)] ?? 1000;
  let rest = Math.round(ms / part) * part;
  const parts: string[] = [];
  for (const [index, unit] of UNITS_MS.entries()) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0 || (index === UNITS_MS.length - 1 && parts.length === 0))
      parts.push(`${count} ${units[index]}`);
  }
  return parts.join(' ');
}
