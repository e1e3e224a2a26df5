import type {Deck} from '../../console/deck.ts';
import {timeOfDay} from '../../console/present/format.ts';
import {bestSnapshot} from '../../report/at-rollback.ts';
import {linksIn} from '../../server/page/links.ts';
import type {ListRow, Page, PageHealth, PageList} from '../../server/page/model.ts';
import type {PageLook, PageSource} from '../../server/page/source.ts';
import type {ViewStore} from '../../store/port.ts';
import type {OpenedFeature} from '../serve/feature.ts';
import type {OpenedServed} from '../serve/served.ts';
import {numbersOfSnapshot, numbersOfWindows, type CauseNumbers} from './cause.ts';
import {composePage, composeRow, zoneAt} from './compose.ts';
import {pageWords} from './words.ts';

/** Viewers who come within this time get what the one before got, milliseconds. */
const FRESH_MS = 200;
/** The snapshot of a rollback is looked for at most this often, milliseconds. */
const LOOK_EVERY_MS = 2000;
const ORDER: Readonly<Record<PageHealth, number>> = {bad: 0, watch: 1, well: 2, off: 3};

/** What pages show, from the features that `serve` has open. */
export function openPageSource(
  served: OpenedServed,
  store: Pick<ViewStore, 'feature' | 'now' | 'kind' | 'label'>,
  lang: PageLook['lang'],
): PageSource {
  const causes = new CauseReader();
  const made = new Map<string, {at: number; head: unknown; page: Page}>();
  const lists = new Map<string, {at: number; list: PageList}>();
  const decks = new Map<string, Deck>();

  const deckOf = (feature: OpenedFeature): Deck => {
    const known = decks.get(feature.name);
    const deck = known ?? openPageDeck(feature, served, store);
    decks.set(feature.name, deck);
    return deck;
  };

  const page = (name: string, look: PageLook): Page | null => {
    const feature = served.get(name);
    if (feature === null) return null;
    const key = JSON.stringify([name, look]);
    const at = performance.now();
    const head = feature.view.snapshot();
    const before = made.get(key);
    if (before?.head === head && at - before.at < FRESH_MS) return before.page;
    const composed = composePage(deckOf(feature), look, causes.read(feature));
    made.set(key, {at, head, page: composed});
    return composed;
  };

  return {
    names: () => served.names(),
    page,
    list(look) {
      const at = performance.now();
      const key = JSON.stringify(look);
      const before = lists.get(key);
      if (before !== undefined && at - before.at < FRESH_MS) return before.list;
      const features = served.names().flatMap(name => served.get(name) ?? []);
      const list = listOf(
        features.map(feature => composeRow(deckOf(feature), look)),
        look,
        store.now(),
      );
      lists.set(key, {at, list});
      return list;
    },
    subscribe(name, listener) {
      const names = name === null ? served.names() : [name];
      const stops = names.map(one => served.get(one)?.view.subscribe(listener));
      return () => {
        for (const stop of stops) stop?.();
      };
    },
    links: async name => linksIn(await store.feature(name).shares.read()),
    now: () => store.now(),
    notices: wanted => pageWords(wanted).notices,
    lang,
  };
}

/** All features, the worst first; what is equally well stands by name. */
function listOf(unsorted: readonly ListRow[], look: PageLook, now: number): PageList {
  const {list, page: words, masked} = pageWords(look.lang);
  const rows = unsorted.toSorted(
    (a, b) => ORDER[a.health] - ORDER[b.health] || a.feature.localeCompare(b.feature),
  );
  const bad = rows.filter(({health}) => health === 'bad' || health === 'watch').length;
  const health = rows[0]?.health ?? 'off';
  const text = bad > 0 ? list.headline(rows.length, bad) : list.fine(rows.length);
  return {
    schema: 'graydeck.pages/1',
    lang: look.lang,
    at: now,
    time: timeOfDay(now),
    zone: zoneAt(now, look.lang),
    health,
    title: text,
    badge: look.mask ? masked : '',
    words,
    headline: {
      mark: bad > 0 ? '▲' : '✔',
      tone: bad > 0 ? (health === 'bad' ? 'alarm' : 'caution') : 'good',
      text,
    },
    rows,
  };
}

/** The feature as a console that only reads would have it. */
function openPageDeck(
  {name, live}: OpenedFeature,
  served: OpenedServed,
  {kind, label}: Pick<ViewStore, 'kind' | 'label'>,
): Deck {
  return {
    ...live,
    feature: name,
    features: () => Promise.resolve(served.names()),
    controller: null,
    subscribe: () => () => undefined,
    store: {kind, label, health: () => served.health()},
    actor: {name: '', kind: 'person'},
    mode: {readOnly: true, share: false, lang: 'en', color: false, demo: false},
    extras: [],
    newId: () => '',
  };
}

/** Remembers for each rollback the numbers from shortly before it, as its snapshot or the windows have them. */
class CauseReader {
  readonly #kept = new Map<string, CauseNumbers>();
  readonly #lookedAt = new Map<string, number>();

  read({name, live}: OpenedFeature): CauseNumbers | null {
    const {release} = live.view.snapshot().state;
    if (release === null || release.rollback === null) return null;
    const key = `${name} ${release.id}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const at = performance.now();
    if (at - (this.#lookedAt.get(key) ?? Number.NEGATIVE_INFINITY) > LOOK_EVERY_MS) {
      this.#lookedAt.set(key, at);
      void this.#look(key, release.id, live);
    }
    return numbersOfWindows(live.windows, release, live.view.now());
  }

  /** Reads the snapshot of a rollback, once its step has left one. */
  async #look(key: string, release: string, live: OpenedFeature['live']): Promise<void> {
    const outputs = await live.outputs().catch(() => []);
    const texts = outputs.flatMap(one =>
      one.release === release && one.step === 'rollback.snapshot' ? [one.text] : [],
    );
    const snapshot = bestSnapshot(texts);
    const numbers = snapshot === null ? null : numbersOfSnapshot(snapshot);
    if (numbers !== null) this.#kept.set(key, numbers);
  }
}
