import {useEffect, useState} from 'react';
import type {Deck} from './deck.ts';
import {readDeck, urgentPart, type Reading} from './reading.ts';

/** Data may come as often as it likes; the screen follows at most this often. */
const LEAST_BETWEEN_MS = 250;
/** After the full second: by then what was measured in it has arrived, and clock and numbers change in one frame. */
const AFTER_SECOND_MS = 30;

/**
 * The deck as it is now. Drawn again when the log changed, when a router or light changed, and once a second with
 * the clock; nothing else makes a frame.
 */
export function useReading(deck: Deck): Reading {
  const [reading, setReading] = useState(() => readDeck(deck, null));

  useEffect(() => {
    let latest: Reading | null = null;
    let urgent = '';
    let readAt = 0;
    let waiting: NodeJS.Timeout | null = null;
    let ticking: NodeJS.Timeout | null = null;

    function read(): void {
      if (waiting !== null) clearTimeout(waiting);
      waiting = null;
      readAt = performance.now();
      try {
        urgent = urgentPart(deck);
        latest = readDeck(deck, latest);
        setReading(latest);
      } catch {
        // What cannot be read now keeps its last numbers; their age is on the screen and grows.
      }
    }
    function readSoon(): void {
      if (waiting !== null) return;
      const sinceMs = performance.now() - readAt;
      if (sinceMs >= LEAST_BETWEEN_MS) read();
      else waiting = setTimeout(read, LEAST_BETWEEN_MS - sinceMs);
    }
    function dataChanged(): void {
      const isFirst = latest === null || (latest.prod.ageMs === null && latest.gray.ageMs === null);
      if (isFirst || urgentPart(deck) !== urgent) readSoon();
    }
    function tick(): void {
      read();
      ticking = setTimeout(tick, 1000 - (Math.max(0, deck.view.now()) % 1000) + AFTER_SECOND_MS);
    }

    tick();
    const stopData = deck.subscribe(dataChanged);
    const stopLog = deck.view.subscribe(readSoon);
    return () => {
      stopData();
      stopLog();
      if (waiting !== null) clearTimeout(waiting);
      if (ticking !== null) clearTimeout(ticking);
    };
  }, [deck]);

  return reading.feature === deck.feature ? reading : readDeck(deck, null);
}
