import {useEffect, useState} from 'react';
import type {Deck} from './deck.ts';
import {readDeck, urgentPart, type Reading} from './reading.ts';

/** Data may come as often as it likes; the screen follows at most this often. */
const LEAST_BETWEEN_MS = 250;
/** What somebody did is on every screen within a tenth of a second; many commits in one go are one frame. */
const NEWS_LEAST_BETWEEN_MS = 50;
/** After the full second: by then what was measured in it has arrived, and clock and numbers change in one frame. */
const AFTER_SECOND_MS = 30;

/**
 * The deck as it is now. Drawn again when the log changed, when a router or light changed, and once a second with
 * the clock; nothing else makes a frame.
 */
export function useReading(deck: Deck): Reading {
  const [held, setHeld] = useState(() => ({deck, reading: readDeck(deck, null)}));

  useEffect(() => {
    let latest: Reading | null = null;
    let urgent = '';
    let readAt = 0;
    let waiting: NodeJS.Timeout | null = null;
    let waitingUntil = 0;
    let ticking: NodeJS.Timeout | null = null;

    function read(): void {
      if (waiting !== null) clearTimeout(waiting);
      waiting = null;
      readAt = performance.now();
      try {
        urgent = urgentPart(deck);
        latest = readDeck(deck, latest);
        setHeld({deck, reading: latest});
      } catch {
        // What cannot be read now keeps its last numbers; their age is on the screen and grows.
      }
    }
    function readSoon(leastBetweenMs: number): void {
      const dueAt = readAt + leastBetweenMs;
      if (waiting !== null && waitingUntil <= dueAt) return;
      const leftMs = dueAt - performance.now();
      if (leftMs <= 0) return read();
      if (waiting !== null) clearTimeout(waiting);
      waiting = setTimeout(read, leftMs);
      waitingUntil = dueAt;
    }
    function dataChanged(): void {
      const isFirst = latest === null || (latest.prod.ageMs === null && latest.gray.ageMs === null);
      if (isFirst) readSoon(NEWS_LEAST_BETWEEN_MS);
      else if (urgentPart(deck) !== urgent) readSoon(LEAST_BETWEEN_MS);
    }
    function tick(): void {
      read();
      ticking = setTimeout(tick, 1000 - (Math.max(0, deck.view.now()) % 1000) + AFTER_SECOND_MS);
    }

    tick();
    const stopData = deck.subscribe(dataChanged);
    const stopLog = deck.view.subscribe(() => readSoon(NEWS_LEAST_BETWEEN_MS));
    return () => {
      stopData();
      stopLog();
      if (waiting !== null) clearTimeout(waiting);
      if (ticking !== null) clearTimeout(ticking);
    };
  }, [deck]);

  // What another deck showed, another feature or now instead of then, is nothing of this one.
  return held.deck === deck ? held.reading : readDeck(deck, null);
}
