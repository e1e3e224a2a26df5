import {linksIn} from '../../server/page/links.ts';
import type {ListRow, Page, PageHealth, PageList} from '../../server/page/model.ts';
import type {PageLook, PageSource} from '../../server/page/source.ts';
import type {MonitorView} from '../../monitor/monitor.ts';
import type {ViewStore} from '../../store/port.ts';
import {composePage, composeRow, zoneAt} from './compose.ts';
import {pageWords} from './words.ts';
import {timeOfDay} from '../../console/present/moment.ts';

/** Viewers who come within this time get what the one before got, milliseconds. */
const FRESH_MS = 200;
const ORDER: Readonly<Record<PageHealth, number>> = {bad: 0, watch: 1, well: 2, off: 3};

/** Features with their monitors. */
export interface Monitored {
  names(): string[];
  get(name: string): {readonly monitor: MonitorView} | null;
}

/** What pages show, from the features that `serve` has open. */
export function openPageSource(
  served: Monitored,
  store: Pick<ViewStore, 'feature' | 'now'>,
  lang: PageLook['lang'],
): PageSource {
  const made = new Map<string, {at: number; head: unknown; page: Page}>();
  const lists = new Map<string, {at: number; list: PageList}>();

  const page = (name: string, look: PageLook): Page | null => {
    const feature = served.get(name);
    if (feature === null) return null;
    const key = JSON.stringify([name, look]);
    const at = performance.now();
    const head = feature.monitor.snapshot();
    const before = made.get(key);
    if (before?.head === head && at - before.at < FRESH_MS) return before.page;
    const composed = composePage(feature.monitor, look);
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
        features.map(feature => composeRow(feature.monitor, look)),
        look,
        store.now(),
      );
      lists.set(key, {at, list});
      return list;
    },
    subscribe(name, listener) {
      const names = name === null ? served.names() : [name];
      const stops = names.map(one => served.get(one)?.monitor.view.subscribe(listener));
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
