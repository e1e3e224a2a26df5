/**
 * What a record holds under a name from outside; undefined where it holds nothing. A name like `constructor` is found in
 * every object: read by `record[name]`, it is a function where a number was meant.
 */
export function own<T>(record: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
