import {useCallback, useRef, useState} from 'react';
import {changeUi, INITIAL_UI, type Ui, type UiChange} from './ui.ts';

export interface UiHold {
  ui: Ui;
  /** The newest state, also between two renders: several keys may come in one go. */
  now(): Ui;
  put(ui: Ui): void;
  change(change: UiChange): void;
}

/** Holds the state of the screen. Each key sees what the key before it left, drawn or not. */
export function useUi(screen: Ui['screen'] = 'feature'): UiHold {
  const [ui, setUi] = useState<Ui>(() => ({...INITIAL_UI, screen}));
  const newest = useRef(ui);
  const now = useCallback(() => newest.current, []);
  const put = useCallback((next: Ui) => {
    if (next === newest.current) return;
    newest.current = next;
    setUi(next);
  }, []);
  const change = useCallback((change: UiChange) => put(changeUi(newest.current, change)), [put]);
  return {ui, now, put, change};
}
