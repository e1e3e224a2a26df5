import {useEffect, useRef, useState} from 'react';
import type {ConsoleLink, Deck} from './deck.ts';
import type {Messages} from './messages/catalogue.ts';
import type {UiChange} from './ui.ts';

/** How often it is read how many watch, milliseconds. */
const EVERY_MS = 2000;

/** Who watches the feature of a deck by a link. */
export interface Sharing {
  /** The link of this console; null: it has none. */
  link: ConsoleLink | null;
  /** Viewers by a link, whichever process serves it. */
  watching: number;
}

/** The link of this console, and how many watch. Says it when the link ends by itself or is revoked elsewhere. */
export function useSharing(deck: Deck, t: Messages, change: (change: UiChange) => void): Sharing {
  const [watching, setWatching] = useState(0);
  const {sharing} = deck;
  const link = sharing?.current() ?? null;
  useEffect(() => {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const read = async (): Promise<void> => {
      // A store that is away tells no count: the header says already that it is away.
      const count = await deck.watching?.().catch(() => 0);
      if (isOver) return;
      setWatching(count ?? 0);
      timer = setTimeout(() => void read(), EVERY_MS);
    };
    timer = setTimeout(() => void read(), EVERY_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
      setWatching(0);
    };
  }, [deck]);
  const before = useRef({deck, link});
  useEffect(() => {
    const {deck: beforeDeck, link: beforeLink} = before.current;
    before.current = {deck, link};
    if (deck !== beforeDeck || beforeLink === null || link !== null) return;
    const why = sharing?.ending() ?? null;
    if (why === null || why === 'interrupted') return;
    change({type: 'link-ended', at: deck.monitor.view.now(), text: t.share.ended[why]});
  }, [deck, link, sharing, t, change]);
  return {link, watching};
}
