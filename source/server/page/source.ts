import type {ShareLink} from './links.ts';
import type {Page, PageList} from './model.ts';
import type {Language} from '../../text/language.ts';

/** In which language a page is written, and whether it hides what names people or places. */
export interface PageLook {
  lang: Language;
  mask: boolean;
  /** The page has a way back to the list of all features. */
  hasHome: boolean;
}

/** The words around a page: why there is nothing to see, and who may come in. */
export interface PageNotices {
  login: {title: string; text: string; label: string; button: string; refused: string};
  gone: {title: string; text: string};
  absent: {title: string; text: string};
  busy: {title: string; text: string};
}

/** What pages are made from. Wired by the command line; nothing in it can command. */
export interface PageSource {
  names(): string[];
  /** The page of a feature as it is now; null: there is no such feature. */
  page(feature: string, look: PageLook): Page | null;
  /** All features, the worst first. */
  list(look: PageLook): PageList;
  /** Calls on every commit of a feature, or of any. Returns the way to stop. */
  subscribe(feature: string | null, listener: () => void): () => void;
  /** The links of a feature, at most a second old. @throws StoreFault */
  links(feature: string): Promise<readonly ShareLink[]>;
  /** The store's clock, milliseconds since 1970. */
  now(): number;
  notices(lang: PageLook['lang']): PageNotices;
  /** The language of a viewer who names none. */
  lang: PageLook['lang'];
}
