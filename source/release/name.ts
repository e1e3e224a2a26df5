/**
 * Returns the record's own value under a name from outside; undefined if it has none. `record[name]` would
 * return a function for a name like `constructor`.
 */
export function own<T>(record: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * Whether a text can be a version or a name: not empty, at most `maxLength` characters, no control
 * characters.
 */
export function isName(text: unknown, maxLength = 128): text is string {
  return typeof text === 'string' && text.trim() !== '' && text.length <= maxLength && !CONTROL.test(text);
}

const FEATURE = /^[a-z0-9][a-z0-9_-]{0,63}$/u;

/** Whether a text can name a feature. The name is part of store keys. */
export function isFeatureName(text: unknown): text is string {
  return typeof text === 'string' && FEATURE.test(text);
}

/** Whether a text can be the id of a release, an alert or a silence. */
export function isId(text: unknown): text is string {
  return isName(text, 64);
}
