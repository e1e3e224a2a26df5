import {openStore, resolveTarget} from '../store/open.ts';
import {Deck} from './deck.ts';
import type {DeckOptions} from './options.ts';
import {within} from './reach-store.ts';

/** Most milliseconds that `connect` waits for the store. */
const CONNECTS_WITHIN_MS = 1000;

/**
 * Connects an application to the store: it learns the split of each feature and writes measurements. If the
 * store is away, the application still starts, and every user gets prod until the store answers.
 * @throws StoreFault `store-bad-url` for an address that cannot be read, `store-no-rights` for a password
 * file that cannot be read
 */
export async function connect(options: DeckOptions = {}): Promise<Deck> {
  const env = options.env ?? process.env;
  const {label} = await resolveTarget(options.store ?? null, env);
  const deck = new Deck(options, label, () => openStore(options.store ?? null, 'router', {env}));
  await within(CONNECTS_WITHIN_MS, deck.opened);
  return deck;
}
