/** A copy of a part's state that JSON keeps to the last digit. */
export type Saved = number | string | boolean | null | Saved[] | {[key: string]: Saved};

/**
 * Copies the state of a part. By convention of this folder the state of a class is its public fields: numbers, booleans,
 * lists of numbers, and parts. What is fixed when a part is made is private and left out.
 */
export function save(part: unknown): Saved {
  if (typeof part === 'number') return Number.isFinite(part) ? part : String(part);
  if (Array.isArray(part)) return part.map(save);
  if (typeof part === 'object' && part !== null)
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, save(value)]));
  return typeof part === 'boolean' ? part : null;
}

/**
 * Puts a saved state into a part made for it: lists of parts must have their length already.
 * @returns false when it has another shape; the part must not be used then
 */
export function load(part: object, saved: unknown): boolean {
  if (typeof saved !== 'object' || saved === null) return false;
  const target = part as Record<string, unknown>;
  return Object.keys(target).every(key => {
    const value = Object.hasOwn(saved, key) ? (saved as Record<string, unknown>)[key] : undefined;
    const now = target[key];
    if (typeof now === 'number' || typeof now === 'boolean') {
      const read = typeof now === 'number' ? numberOf(value) : value;
      target[key] = read;
      return typeof read === typeof now;
    }
    return typeof now === 'object' && now !== null && loadList(now, value);
  });
}

function loadList(now: object, value: unknown): boolean {
  if (!Array.isArray(now)) return load(now, value);
  if (!Array.isArray(value)) return false;
  if (now.some(one => typeof one === 'object'))
    return now.length === value.length && now.every((one, index) => load(one as object, value[index]));
  const numbers = value.map(numberOf);
  now.splice(0, now.length, ...numbers);
  return numbers.every(one => one !== null);
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : null;
}
