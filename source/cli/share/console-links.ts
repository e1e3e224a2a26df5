import {hostname, userInfo} from 'node:os';
import {setTimeout as pause} from 'node:timers/promises';
import type {ConsoleLink, LinkSharing} from '../../console/deck.ts';
import type {MonitorView} from '../../monitor/monitor.ts';
import type {PageLook} from '../../server/page/source.ts';
import type {FeatureStore, OperatorStore} from '../../store/port.ts';
import type {LinkEnd, LinkPlaceConfig, SharedLink} from './shared-link.ts';

const CLOSES_WITHIN_MS = 500;

/** A link with what the console shows of it. */
interface Running {
  shared: SharedLink;
  shown: ConsoleLink;
}

/** The links that a console has made: at most one a feature. They stay while the console shows another feature. */
export class ConsoleLinks {
  readonly #store: OperatorStore;
  readonly #place: LinkPlaceConfig | undefined;
  readonly #lang: PageLook['lang'];
  readonly #by: string;
  readonly #running = new Map<string, Running>();
  readonly #endings = new Map<string, LinkEnd>();
  /** What stays open for a link after the console has turned to another feature. */
  readonly #kept = new Map<string, () => Promise<unknown>>();

  constructor(store: OperatorStore, place: LinkPlaceConfig | undefined, lang: PageLook['lang'], by: string) {
    this.#store = store;
    this.#place = place;
    this.#lang = lang;
    this.#by = by;
  }

  /** The link of one feature. */
  of({feature, shares}: Pick<FeatureStore, 'feature' | 'shares'>, monitor: MonitorView): LinkSharing {
    return {
      current: () => this.#running.get(feature)?.shown ?? null,
      ending: () => this.#endings.get(feature) ?? null,
      begin: async ({forMs, isMasked}) => {
        const known = this.#running.get(feature);
        if (known !== undefined) return known.shown;
        // What serves links is loaded with the first one.
        const {beginLink, linkPlace} = await import('./shared-link.ts');
        const shared = await beginLink({
          feature,
          monitor,
          shares,
          forMs,
          mask: isMasked,
          store: this.#store,
          lang: this.#lang,
          place: linkPlace(undefined, this.#place),
          by: this.#by,
          // A viewer is answered that something failed; the screen of the console stays the release's.
          onFault: () => undefined,
        });
        const {link, until, loopbackPort: port, isServedHere} = shared;
        const tunnel = port === null ? null : tunnelTo(port);
        const shown = {link, until, isMasked, isServedHere, tunnel};
        this.#running.set(feature, {shared, shown});
        this.#endings.delete(feature);
        void this.#forget(feature, shared);
        return shown;
      },
      end: async () => {
        await this.#running.get(feature)?.shared.end();
      },
    };
  }

  /** Keeps open what a link reads from, until the link has ended. @returns false: no link reads from it */
  keep(feature: string, close: () => Promise<unknown>): boolean {
    if (!this.#running.has(feature) || this.#kept.has(feature)) return false;
    this.#kept.set(feature, close);
    return true;
  }

  /** Ends the links that this process serves. Does not wait for a store that does not answer. */
  async close(): Promise<void> {
    const left = Promise.all([...this.#running.values()].map(async ({shared}) => await shared.leave()));
    if (this.#running.size > 0) await Promise.race([left, pause(CLOSES_WITHIN_MS)]);
  }

  async #forget(feature: string, shared: SharedLink): Promise<void> {
    this.#endings.set(feature, await shared.ended);
    this.#running.delete(feature);
    await this.#kept.get(feature)?.();
    this.#kept.delete(feature);
  }
}

/** The command by which another machine reaches a port that only this machine serves. */
function tunnelTo(port: number): string {
  return `ssh -N -L ${port}:127.0.0.1:${port} ${userAtHost()}`;
}

/** This user on this machine, as ssh takes it. */
export function userAtHost(): string {
  return `${userInfo().username}@${hostname()}`;
}
