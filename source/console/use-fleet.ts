import {useEffect, useState} from 'react';
import type {Deck} from './deck.ts';
import {fleetOrder, type FleetFeature, type FleetReading} from './present/fleet.ts';
import type {Ui} from './ui.ts';
import type {UiHold} from './use-ui.ts';

/** How often the summaries are read while the list has the screen, milliseconds. */
const EVERY_MS = 1000;

/** The list of all features as it is drawn. */
export interface Fleet {
  /** All features; empty before the first reading. */
  all: readonly FleetFeature[];
  /** Those that match the filter, in the order of the screen. */
  shown: readonly FleetFeature[];
  /** The freeze of the store; null: there is none. */
  freeze: FleetReading['freeze'];
  /** Why the summaries cannot be read; null if they can. */
  away: string | null;
}

/**
 * Reads the summaries of all features while the list has the screen. A question is never asked over the list: it opens the
 * feature first, so no other feature can slip under an answer.
 */
export function useFleet(deck: Deck, {screen, filters}: Ui, now: number): Fleet {
  const [all, setAll] = useState<FleetReading>({features: [], freeze: null});
  const [away, setAway] = useState<string | null>(null);
  const isOpen = screen === 'fleet';
  useEffect(() => {
    if (!isOpen || deck.summaries === undefined) return;
    const {summaries} = deck;
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const read = async (): Promise<void> => {
      try {
        const found = await summaries();
        if (isOver) return;
        setAll(found);
        setAway(null);
      } catch (fault) {
        // The rows that were read last stay on the screen; their age shows.
        if (!isOver) setAway(fault instanceof Error ? fault.message : String(fault));
      }
      if (!isOver) timer = setTimeout(() => void read(), EVERY_MS);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [deck, isOpen]);
  const {features, freeze} = all;
  return {all: features, shown: fleetOrder(features, now, filters.fleet), freeze, away};
}

/** Keeps the first row picked that a person has seen as the first, also when another feature becomes the worst. */
export function usePickedRow({ui, now, put}: UiHold, {shown}: Fleet): void {
  const [worst] = shown;
  useEffect(() => {
    if (ui.screen === 'fleet' && ui.feature === null && worst !== undefined)
      put({...now(), feature: worst.feature});
  }, [ui.screen, ui.feature, worst, now, put]);
}
