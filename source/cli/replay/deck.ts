import type {ConsoleMode, Deck} from '../../console/deck.ts';
import type {Actor} from '../../release/command.ts';
import {openPastMonitor, type PastOptions} from '../../replay/past-monitor.ts';

/** Opens the deck over a recording: the same screen, the clock in the viewer's hand, and nothing that can be changed. */
export function openPastDeck({actor, mode, ...past}: PastOptions & {actor: Actor; mode: ConsoleMode}): Deck {
  const monitor = openPastMonitor(past);
  return {
    monitor,
    features: () => Promise.resolve([monitor.feature]),
    controller: null,
    time: {reading: () => monitor.reading(), press: key => monitor.press(key)},
    actor,
    mode: {...mode, readOnly: true},
    extras: [],
    newId: () => '',
    close() {
      monitor.close();
      return Promise.resolve();
    },
  };
}
