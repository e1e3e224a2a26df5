/** Whether a value from outside has the right type. */
export type Check = (value: unknown) => boolean;
/** The check of each field of a record. Other fields are allowed. */
export type Shape = Readonly<Record<string, Check>>;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isFlag: Check = value => typeof value === 'boolean';
export const isNumber: Check = value => typeof value === 'number' && Number.isFinite(value);
/** Later moments are no time of a release but a fault: arithmetic with them never ends. The year 2100, milliseconds since 1970. */
const LATEST_MS = 4_102_444_800_000;
/** A moment in milliseconds since 1970. */
export const isMoment = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= LATEST_MS;
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const optional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);
export const nullable =
  (check: Check): Check =>
  value =>
    value === null || check(value);
export const oneOf = (...values: readonly string[]): Check => {
  const known = new Set<unknown>(values);
  return value => known.has(value);
};
export const listOf =
  (shape: Shape): Check =>
  value =>
    Array.isArray(value) && value.every(item => isRecord(item) && wrongField(item, shape) === null);

/** Name of the first field that fails its check; null if none fails. */
export function wrongField(value: Record<string, unknown>, shape: Shape): string | null {
  return Object.entries(shape).find(([field, fits]) => !fits(value[field]))?.[0] ?? null;
}
