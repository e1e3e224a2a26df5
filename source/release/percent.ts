/** Whether a value is a percent that a router can express: 0–100, at most two decimals. */
export function isPercent(value: unknown): value is number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) return false;
  // Exact comparison, so that no third decimal reaches a router. -0 would not survive JSON.
  return Math.round(value * 100) / 100 === value && !Object.is(value, -0);
}

/** Percents of one step up or down by hand, for a release without a ramp. */
const RUNGS = [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100] as const;

/** The percent one step up or down from `percent`, 0–100. */
export function stepFrom(percent: number, direction: 'up' | 'down', stepPercent?: number): number {
  if (stepPercent !== undefined) {
    const moved = direction === 'up' ? percent + stepPercent : percent - stepPercent;
    return Math.round(Math.min(100, Math.max(0, moved)) * 100) / 100;
  }
  if (direction === 'up') return RUNGS.find(rung => rung > percent) ?? 100;
  return RUNGS.findLast(rung => rung < percent) ?? 0;
}
