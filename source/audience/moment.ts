/** Milliseconds since 1970 as text: of 1973 and later, so that no year is taken for them. */
const MILLISECONDS = /^\d{12,15}$/;
const LEAST_MS = 1e11;
const MOST_MS = 8.64e15;

/** A date with an optional time and zone, as ISO 8601 and databases write it. */
const DATE =
  /^(?<year>\d{4})(?<sign>[-/])(?<month>\d{1,2})\k<sign>(?<day>\d{1,2})(?:[Tt ]\s*(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?\s*(?<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/u;
/** A date as HTTP and mail write it. Without a zone it is none. */
const MAIL_DATE =
  /^(?:[A-Za-z]{3},\s*)?\d{1,2}[ -][A-Za-z]{3}[ -]\d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|[+-]\d{4})$/u;

/**
 * A moment in milliseconds since 1970, read the same way on every machine: a date without a zone is UTC. Takes ISO 8601,
 * the dates of HTTP and mail, milliseconds as a number or as text, and the language's own dates. NaN for everything else.
 */
export function momentOf(value: unknown): number {
  if (typeof value === 'number') return isMilliseconds(value) ? value : Number.NaN;
  if (typeof value === 'bigint') return momentOf(Number(value));
  if (typeof value === 'string') return momentOfText(value.trim());
  // Reading a date is pure; only asking for the present one is not.
  // oxlint-disable-next-line no-restricted-globals
  return value instanceof Date ? value.getTime() : Number.NaN;
}

/** A small number is a year, seconds or a count, but no date. */
function isMilliseconds(value: number): boolean {
  return value >= LEAST_MS && value <= MOST_MS;
}

function momentOfText(text: string): number {
  if (MILLISECONDS.test(text)) return Number(text);
  // oxlint-disable-next-line no-restricted-globals
  if (MAIL_DATE.test(text)) return Date.parse(text);
  const found = DATE.exec(text)?.groups;
  if (found === undefined) return Number.NaN;
  const part = (name: string) => Number(found[name] ?? 0);
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const [hour, minute, second] = [part('hour'), part('minute'), part('second')];
  // A clock that takes a leap second says 60.
  if (hour > 23 || minute > 59 || second > 60) return Number.NaN;
  const ms = Number((found['fraction'] ?? '').slice(0, 3).padEnd(3, '0'));
  // oxlint-disable no-restricted-globals
  const midnight = Date.UTC(year, month - 1, day);
  const read = new Date(midnight);
  // oxlint-enable no-restricted-globals
  // 30 February would be read as a day of March.
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return Number.NaN;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms - zoneMs(found['zone'] ?? 'Z');
}

function zoneMs(zone: string): number {
  const found = /^(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2})?$/u.exec(zone)?.groups;
  if (found === undefined) return 0;
  const minutes = Number(found['hours']) * 60 + Number(found['minutes'] ?? 0);
  return (found['sign'] === '-' ? -minutes : minutes) * 60_000;
}
