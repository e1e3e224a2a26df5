import type {KeptOutput} from '../release/step-output.ts';

/** Reads an output, which a store keeps as JSON. Anything else is skipped. */
export function decodeOutput(text: string, at: number): KeptOutput[] {
  const read = parse(text);
  if (read === null) return [];
  const {release, step, attempt, text: said, result} = read;
  if (typeof release !== 'string' || typeof step !== 'string' || typeof said !== 'string') return [];
  return [
    {
      release,
      step,
      attempt: typeof attempt === 'number' ? attempt : 1,
      text: said,
      result: typeof result === 'string' ? result : null,
      at,
    },
  ];
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
