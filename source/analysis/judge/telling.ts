import type {Verdict} from '../../release/state.ts';

/** The verdict that was told last, by what it means. Plain JSON. */
export interface Told {
  action: Verdict['action'];
  /** Codes and metrics of its reasons. */
  meaning: string;
  at: number;
}

/** Reasons that come and go around a limit are told no more often than this, milliseconds. */
const SETTLE_MS = 10_000;

/**
 * Whether a verdict is worth an entry of the log: its action changed, or its reasons did and the last change is a while
 * back. Numbers alone are not worth one.
 */
export function tell(told: Told | null, {action, reasons, at}: Verdict): {told: Told; isNews: boolean} {
  const meaning = JSON.stringify(reasons.map(({code, metric}) => [code, metric]));
  if (told?.action === action) {
    // A clock that went back must not silence a verdict for as long.
    const isSettled = Math.abs(at - told.at) >= SETTLE_MS;
    if (told.meaning === meaning || !isSettled) return {told, isNews: false};
  }
  return {told: {action, meaning, at}, isNews: true};
}
