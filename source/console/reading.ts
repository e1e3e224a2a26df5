import {useMemo, useSyncExternalStore} from 'react';
import type {MonitorSnapshot} from '../monitor/snapshot.ts';
import type {Deck, TimeReading} from './deck.ts';

/** All that the screen is drawn from: one moment of the feature, and how the viewer stands in time. */
export interface Reading extends MonitorSnapshot {
  /** Who to turn to: of the configuration and of the plan. */
  contacts: Readonly<Record<string, string>>;
  /** What is shown is a moment of the past; null: it is now. */
  time: TimeReading | null;
}

/** The reading that belongs to a snapshot of the deck's monitor. */
export function readingOf(deck: Deck, seen: MonitorSnapshot): Reading {
  return {
    ...seen,
    contacts: {...deck.contacts, ...seen.snapshot.state.release?.plan.contacts},
    time: deck.time?.reading() ?? null,
  };
}

/** The deck as it is now. A new snapshot is a new frame; nothing else is. */
export function useReading(deck: Deck): Reading {
  const {subscribe, snapshot} = deck.monitor;
  const seen = useSyncExternalStore(subscribe, snapshot);
  return useMemo(() => readingOf(deck, seen), [deck, seen]);
}
