import type {ServerResponse} from 'node:http';
import {partsOf} from './html.ts';
import {GONE_SCHEMA, type AnyPage} from './model.ts';
import {screenBytes, type ScreenSize} from './screen.ts';

/** Shortest time between two states that are sent because something happened, milliseconds. */
const LEAST_BETWEEN_MS = 150;
const EVERY_MS = 1000;
/** A viewer that takes nothing for this long is dropped, milliseconds. */
const STUCK_MS = 15_000;
/** Most viewers of one process. */
const MOST_VIEWERS = 1000;

/** How a viewer is sent the page: parts of HTML as events, a screen for a terminal, or the model as lines of JSON. */
export type ViewerKind = {type: 'events'} | {type: 'screen'; size: ScreenSize} | {type: 'model'};

/** One who watches. Nothing is queued for a viewer: while the connection is full it is sent nothing. */
interface Viewer {
  response: ServerResponse;
  kind: ViewerKind;
  /** Whether it may still watch, asked before each state. */
  mayWatch: () => boolean;
  /** It needs everything: it has just come, or it was passed over. */
  needsAll: boolean;
  fullSince: number | null;
}

/** What a viewer is sent last where it may watch no more: nothing of the page stays in sight. */
const DARK: Readonly<Record<ViewerKind['type'], string>> = {
  events: 'event: gone\ndata: {}\n\n',
  screen: '\u001B[2J\u001B[H',
  model: `${JSON.stringify({schema: GONE_SCHEMA})}\n`,
};

/** A page that is shown to many: one state a second, rendered once and sent to all. */
export interface Shown {
  /** The page now; null: there is none any more. */
  compose(): AnyPage | null;
  /** Calls when something happened that must not wait for the next second. */
  subscribe(listener: () => void): () => void;
}

/** The viewers of one page. */
class Showing {
  readonly viewers = new Set<Viewer>();
  readonly #shown: Shown;
  readonly #stop: () => void;
  #sent = new Map<string, string>();
  #sentAt = 0;
  #soon: NodeJS.Timeout | null = null;
  #last: AnyPage | null = null;

  constructor(shown: Shown) {
    this.#shown = shown;
    this.#stop = shown.subscribe(() => {
      if (this.#soon !== null) return;
      const waitMs = Math.max(20, this.#sentAt + LEAST_BETWEEN_MS - performance.now());
      this.#soon = setTimeout(() => this.send(), waitMs);
    });
  }

  /** Sends the page as it is now; what cannot be composed stays as it was, and its time tells how old it is. */
  send(): void {
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
    this.#sentAt = performance.now();
    const page = this.#compose();
    if (page === null) return;
    const texts = this.#textsOf(page);
    for (const viewer of this.viewers) this.#sendTo(viewer, texts);
  }

  /** Sends a newcomer everything at once. */
  greet(viewer: Viewer): void {
    const page = this.#compose();
    if (page !== null) this.#sendTo(viewer, this.#textsOf(page, false));
  }

  /** @param isOver there is nothing more to see; else the server ends, and viewers keep the last state */
  close(isOver = false): void {
    this.#stop();
    if (this.#soon !== null) clearTimeout(this.#soon);
    for (const {response, kind} of this.viewers) response.end(isOver ? DARK[kind.type] : undefined);
    this.viewers.clear();
  }

  #compose(): AnyPage | null {
    try {
      this.#last = this.#shown.compose() ?? this.#last;
    } catch {
      // One state that cannot be read must not end what everybody watches.
    }
    return this.#last;
  }

  /** What is sent, made once for all; `isNews`: the changes are counted from here on. */
  #textsOf(page: AnyPage, isNews = true): (viewer: Viewer) => Buffer {
    const made = new Map<string, Buffer>();
    const once = (key: string, make: () => string) => {
      const bytes = made.get(key) ?? Buffer.from(make());
      made.set(key, bytes);
      return bytes;
    };
    const {title, icon, parts} = partsOf(page);
    const changed = parts.filter(({id, html, key = html}) => this.#sent.get(id) !== key);
    if (isNews) this.#sent = new Map(parts.map(({id, html, key = html}) => [id, key]));
    const event = (some: typeof parts) => {
      const named = Object.fromEntries(some.map(({id, html}) => [id, html]));
      return `event: page\ndata: ${JSON.stringify({title, icon, parts: named})}\n\n`;
    };
    return ({kind, needsAll}) => {
      if (kind.type === 'model') return once('model', () => `${JSON.stringify(page)}\n`);
      if (kind.type === 'screen')
        return once(`screen ${JSON.stringify(kind.size)}`, () => screenBytes(page, kind.size));
      // What stands inside another part is sent with it.
      return needsAll
        ? once('all', () => event(parts.filter(({id}) => !id.includes('.'))))
        : once('changed', () => event(changed));
    };
  }

  #sendTo(viewer: Viewer, textFor: (viewer: Viewer) => Buffer): void {
    const {response} = viewer;
    if (!viewer.mayWatch()) {
      response.end(DARK[viewer.kind.type]);
      this.viewers.delete(viewer);
      return;
    }
    if (viewer.fullSince !== null) {
      viewer.needsAll = true;
      if (performance.now() - viewer.fullSince > STUCK_MS) response.destroy();
      return;
    }
    if (!response.write(textFor(viewer))) viewer.fullSince = performance.now();
    viewer.needsAll = false;
  }
}

/** Everybody who watches, whichever page. */
export class Viewers {
  readonly #showings = new Map<string, Showing>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    this.#timer.unref();
  }

  get size(): number {
    let size = 0;
    for (const {viewers} of this.#showings.values()) size += viewers.size;
    return size;
  }

  /** Whether one more may watch. */
  hasRoom(): boolean {
    return this.size < MOST_VIEWERS;
  }

  /**
   * Begins to send. The head of the answer is already written.
   * @param key names the page with everything it depends on: feature, mask, language
   */
  add(
    key: string,
    makeShown: () => Shown,
    about: {response: ServerResponse; kind: ViewerKind; mayWatch: () => boolean},
  ): void {
    const showing = this.#showings.get(key) ?? new Showing(makeShown());
    this.#showings.set(key, showing);
    const viewer: Viewer = {...about, needsAll: true, fullSince: null};
    const {response} = about;
    showing.viewers.add(viewer);
    const leave = () => {
      showing.viewers.delete(viewer);
      if (showing.viewers.size > 0 || this.#showings.get(key) !== showing) return;
      showing.close();
      this.#showings.delete(key);
    };
    response.on('close', leave);
    response.on('error', leave);
    response.on('drain', () => {
      viewer.fullSince = null;
    });
    if (about.kind.type === 'events') response.write('retry: 2000\n\n');
    if (about.kind.type === 'screen') response.write('\u001B[2J');
    showing.greet(viewer);
  }

  /** Sends the page to all viewers. A viewer that may not watch any more goes dark. */
  #tick(): void {
    for (const showing of this.#showings.values()) showing.send();
  }

  /** @param isOver see `Showing.close` */
  close(isOver: boolean): void {
    clearInterval(this.#timer);
    for (const showing of this.#showings.values()) showing.close(isOver);
    this.#showings.clear();
  }
}
