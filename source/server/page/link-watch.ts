import {isToken, linkOf, type ShareLink} from './links.ts';
import type {PageSource} from './source.ts';

/** How often links with viewers are read again, milliseconds. A revoked link goes dark within two of these. */
const EVERY_MS = 800;

/** A link that runs, and the feature it shows. */
export interface FoundLink {
  feature: string;
  link: ShareLink;
}

/** Knows which links run, and keeps looking at those that are watched by. */
export class LinkWatch {
  readonly #source: PageSource;
  /** Newest known links of the features that are looked at. */
  readonly #known = new Map<string, readonly ShareLink[]>();
  /** How many watch a feature by a link. */
  readonly #watched = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(source: PageSource) {
    this.#source = source;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
    this.#timer.unref();
  }

  /** The link of a token; null: none that runs. @throws StoreFault where no link is known and none can be read */
  async find(token: string): Promise<FoundLink | null> {
    if (!isToken(token)) return null;
    for (const feature of this.#source.names()) {
      const links = await this.#read(feature);
      const link = linkOf(links, token, this.#source.now());
      if (link !== null) return {feature, link};
    }
    return null;
  }

  /** Begins to keep an eye on a feature's links; call what is returned once the viewer has left. */
  watch(feature: string): () => void {
    this.#watched.set(feature, (this.#watched.get(feature) ?? 0) + 1);
    return () => {
      const left = (this.#watched.get(feature) ?? 1) - 1;
      if (left > 0) this.#watched.set(feature, left);
      else this.#watched.delete(feature);
    };
  }

  /** Whether a link still runs, as far as is known. */
  isRunning({feature, link}: FoundLink): boolean {
    const known = this.#known.get(feature)?.find(({id}) => id === link.id);
    return known !== undefined && known.until > this.#source.now();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    // A store that is away can neither revoke nor tell: what was known holds until it ends by itself.
    for (const feature of this.#watched.keys()) await this.#read(feature).catch(() => undefined);
    this.#isLooking = false;
  }

  async #read(feature: string): Promise<readonly ShareLink[]> {
    try {
      const links = await this.#source.links(feature);
      this.#known.set(feature, links);
      return links;
    } catch (error) {
      const known = this.#known.get(feature);
      if (known === undefined) throw error;
      return known;
    }
  }
}
