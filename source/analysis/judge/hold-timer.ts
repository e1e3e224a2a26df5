/**
 * How long a condition has held without a break. Plain JSON, for checkpoints; one a guardrail.
 *
 * A look at which the condition holds counts the time since the look before, as far as there are new data. A look at which it surely does not (clear of the
 * limit, see `clear.ts`) is a break and begins anew. Between the two, and without a judgement (too few requests, no
 * data), nothing is counted and nothing lost; more than a minute without a judgement is a break as well.
 */
export interface HoldTimer {
  /** Milliseconds it has held, as far as data go; null while it does not. */
  heldMs: number | null;
  /** Looked at and held, but not borne out by data yet, milliseconds. */
  owedMs: number;
  /** For how long there has been no judgement, milliseconds. */
  blindMs: number;
  /** The last look, and how far data went then, the store's clock. */
  at: number;
  dataAt: number;
  /** It was held for its duration and has not had a break since. */
  isOn: boolean;
  /** A person resumed although it had paused the release. It ends with a break, or with the phase. */
  isOverruled: boolean;
}

/** `between`: it does not hold but is not clear of it. `blind`: undecided or not measurable. */
export type Sighting = 'holds' | 'between' | 'clear' | 'blind';

export interface HoldSighting {
  at: number;
  /** How far data go, the store's clock; null without any. */
  dataAt: number | null;
  sighting: Sighting;
  forMs: number;
  /** Asked when it has held long enough: whether it is over all the same. */
  isOver: () => boolean;
  /** The longest time between two looks that still counts as looking, milliseconds. */
  longestGapMs: number;
}

/** So long without a judgement is a break, milliseconds. */
export const BLIND_BREAK_MS = 60_000;

/** The track after one more look. Pure; whatever clocks do, it counts at most `longestGapMs` a look. */
export function follow(track: HoldTimer | null, look: HoldSighting): HoldTimer {
  const {at, sighting, forMs, longestGapMs} = look;
  // A clock that went back says nothing about the time between.
  const gapMs = track === null ? 0 : Math.max(0, at - track.at);
  const seenMs = gapMs <= longestGapMs ? gapMs : 0;
  const dataAt = Math.min(at, look.dataAt ?? track?.dataAt ?? at);
  const blindMs = sighting === 'blind' ? (track?.blindMs ?? 0) + gapMs : 0;
  const wasBlind = gapMs > longestGapMs && gapMs > BLIND_BREAK_MS;
  const fresh: HoldTimer = {heldMs: null, owedMs: 0, blindMs, at, dataAt, isOn: false, isOverruled: false};
  const before = track === null || wasBlind || blindMs > BLIND_BREAK_MS ? fresh : track;
  if (sighting === 'clear') return fresh;
  if (sighting !== 'holds') return {...before, owedMs: 0, blindMs, at, dataAt};

  const owedMs = before.heldMs === null ? 0 : before.owedMs + seenMs;
  const borneOut = track === null ? 0 : Math.min(owedMs, Math.max(0, dataAt - track.dataAt));
  const heldMs = (before.heldMs ?? 0) + borneOut;
  const isOn = before.isOn || (heldMs >= forMs && (forMs === 0 || !look.isOver()));
  return {...before, heldMs, owedMs: owedMs - borneOut, blindMs: 0, at, dataAt, isOn};
}
