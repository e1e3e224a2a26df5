import {resolveTarget} from '../store/open.ts';
import {Deck} from './deck.ts';
import type {DeckOptions} from './options.ts';
import {within} from './reach-store.ts';

/** How long `connect` waits for a store that may be away, in milliseconds. */
const CONNECTS_WITHIN_MS = 1000;

/**
 * Takes part in gray releases: knows the split of each feature, and tells what came of it.
 * A store that is away is no fault: everybody gets prod until it is there.
 * @throws StoreFault `store-bad-url` for an address that cannot be read, `store-no-rights` for a password file that cannot.
 */
export async function connect(options: DeckOptions = {}): Promise<Deck> {
  const env = options.env ?? process.env;
  const {label} = await resolveTarget(options.store ?? null, env);
  const deck = new Deck(options, label, env);
  await within(CONNECTS_WITHIN_MS, deck.opened);
  return deck;
}
