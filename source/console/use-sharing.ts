import {useEffect, useRef, useState} from 'react';
import type {Deck, Attendance, Sharing} from './deck.ts';
import type {Messages} from './messages/catalogue.ts';
import type {UiChange} from './ui.ts';

/** How often it is read who is here, milliseconds. */
const EVERY_MS = 2000;

const ALONE: Attendance = {acting: [], viewers: 0};

/** The link of this console and who is at the feature. Says it when a link ends by itself or is revoked elsewhere. */
export function useSharing(deck: Deck, t: Messages, change: (change: UiChange) => void): Sharing {
  const [presence, setPresence] = useState(ALONE);
  const {sharing} = deck;
  const link = sharing?.current() ?? null;
  useEffect(() => {
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;
    const read = async (): Promise<void> => {
      // A store that is away tells nothing: the header says already that it is away.
      const found = (await deck.presence?.().catch(() => ALONE)) ?? ALONE;
      if (isOver) return;
      setPresence(known => (isSame(known, found) ? known : found));
      timer = setTimeout(() => void read(), EVERY_MS);
    };
    timer = setTimeout(() => void read(), EVERY_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
      setPresence(ALONE);
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
  return {...presence, link};
}

function isSame(a: Attendance, b: Attendance): boolean {
  return a.viewers === b.viewers && a.acting.join('\n') === b.acting.join('\n');
}
