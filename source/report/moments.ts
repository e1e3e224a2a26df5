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

/** Stands for every number that is not known. */
export const UNKNOWN = '—';

/** `20 %`: a percentage that people set. */
export function setPercent(percent: number): string {
  return `${Number(percent.toFixed(2))} %`;
}
