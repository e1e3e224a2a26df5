const VERSION =
  /^v?(?<numbers>\d{1,15}(?:\.\d{1,15}){0,7})(?:-(?<before>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z.-]+)?$/u;

/** A version in parts that can be compared. */
export interface Version {
  numbers: readonly number[];
  /** What stands behind a dash: such a version comes before the same one without it. */
  before: readonly string[];
}

/** Reads a version such as `2.10`, `v2.10.3` or `2.10.0-beta.2`; null for everything else. */
export function readVersion(value: unknown): Version | null {
  const text = typeof value === 'number' ? String(value) : value;
  const found =
    typeof text === 'string' && text.length <= 200 ? VERSION.exec(text.trim())?.groups : undefined;
  if (found === undefined) return null;
  return {
    numbers: (found['numbers'] ?? '').split('.').map(Number),
    before: found['before'] === undefined ? [] : found['before'].split('.'),
  };
}

/** Below 0 where `a` is older than `b`, 0 where both are the same. Missing parts count as 0; order as in Semantic Versioning. */
export function compareVersions(a: Version, b: Version): number {
  const parts = Math.max(a.numbers.length, b.numbers.length);
  for (let at = 0; at < parts; at += 1) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length;
  for (let at = 0; at < Math.max(a.before.length, b.before.length); at += 1) {
    const difference = compareParts(a.before[at], b.before[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers come before letters, and fewer parts before more. */
function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const areNumbers = [/^\d+$/u.test(a), /^\d+$/u.test(b)] as const;
  if (areNumbers[0] && areNumbers[1]) return Number(a) - Number(b);
  if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
