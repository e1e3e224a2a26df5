/** Moments and amounts as a report writes them: whole, since it is read days later. */

/** Writes moments in one time zone. */
export interface Moments {
  zone: string;
  /** `2026-11-23 14:02:31`. */
  full(at: number): string;
  /** `14:02:31`, or with the day where that is another one than that of `beside`. */
  beside(at: number, beside: number): string;
}

/** @param zone IANA name, `Asia/Shanghai` */
export function momentsIn(zone: string): Moments {
  const format = new Intl.DateTimeFormat('sv-SE', {timeZone: zone, dateStyle: 'short', timeStyle: 'medium'});
  const full = (at: number) => format.format(at);
  return {
    zone,
    full,
    beside(at, beside) {
      const [day = '', time = ''] = full(at).split(' ');
      return full(beside).startsWith(day) ? time : `${day} ${time}`;
    },
  };
}

/** `0.21 s`, `12.4 s`: what was measured. */
export function secondsWords(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** Units of time, the longest first, as a language writes them behind a number. */
export type TimeUnits = readonly [day: string, hour: string, minute: string, second: string];

const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1000] as const;

/** `42 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`: how long something took, two parts at most, to the nearest. */
export function lastedWords(ms: number, units: TimeUnits): string {
  const first = UNITS_MS.findIndex(unit => ms >= unit);
  const at = first === -1 ? UNITS_MS.length - 1 : first;
  const part = UNITS_MS[Math.min(at + 1, UNITS_MS.length - 1)] ?? 1000;
  let rest = Math.round(ms / part) * part;
  const told: string[] = [];
  for (const [index, unit] of UNITS_MS.entries()) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0 || (index === UNITS_MS.length - 1 && told.length === 0))
      told.push(`${count} ${units[index]}`);
  }
  return told.join(' ');
}

/** Stands for every number that is not known. */
export const UNKNOWN = '—';

/** `20 %`: a percentage that people set. */
export function setPercent(percent: number): string {
  return `${Number(percent.toFixed(2))} %`;
}
