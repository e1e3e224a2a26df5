/**
 * Returns the record's own value under a name from outside; undefined if it has none. `record[name]` would
 * return a function for a name like `constructor`.
 */
export function own<T>(record: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
