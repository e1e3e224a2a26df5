import type {RouterReport} from './port.ts';

/** Reads a router's report back; null for what is not one. */
export function decodeReport(text: string): RouterReport | null {
  try {
    const value: unknown = JSON.parse(text);
    return isReport(value) ? value : null;
  } catch {
    return null;
  }
}

function isReport(value: unknown): value is RouterReport {
  if (typeof value !== 'object' || value === null) return false;
  const {name, kind, version, release, percent, live, boundMs} = value as Record<string, unknown>;
  if (typeof name !== 'string' || name === '' || typeof live !== 'boolean') return false;
  if (kind !== 'sdk' && kind !== 'nginx' && kind !== 'demo') return false;
  if (release !== null && typeof release !== 'string') return false;
  return [version, percent, boundMs].every(number => Number.isFinite(number));
}
