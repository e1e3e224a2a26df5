import {randomBytes} from 'node:crypto';
import {hostname} from 'node:os';
import {setTimeout as pause} from 'node:timers/promises';
import {plainText} from '../../text/plain-text.ts';
import type {MonitorView} from '../../monitor/monitor.ts';
import type {ListenAddress, Listening} from '../../server/listen.ts';
import {endedIn, makeLink, watchingRecord} from '../../server/page/links.ts';
import type {PageRoutes} from '../../server/page/routes.ts';
import type {PageLook} from '../../server/page/source.ts';
import type {ShareKeeper, ViewStore} from '../../store/port.ts';
import {cannotListen, readListen} from '../serve/listen.ts';

/** How often it looks whether the link was revoked, and writes how many watch, milliseconds. */
const LOOK_EVERY_MS = 1000;
/** A count that did not change is written again after this many looks: an old one counts for nothing. */
const WRITE_AGAIN = 5;

/** Where links are served: `listen` and `url` of the configuration, and `--listen`. */
export interface LinkPlace {
  /** Null: a `graydeck serve` behind `url` shows the link. */
  address: ListenAddress | null;
  url: string | null;
}

/** `share` of the configuration. */
export interface LinkPlaceConfig {
  listen?: string | null;
  url?: string | null;
}

/** Why a link has ended. */
export type LinkEnd = 'interrupted' | 'over' | 'revoked';

/** A link that runs. */
export interface SharedLink {
  link: string;
  /** When it ends, the store's clock, milliseconds since 1970. */
  until: number;
  /** The port of this machine that serves it where no other machine reaches it; null: others do. */
  loopbackPort: number | null;
  /** Whether this process serves the link: then the link ends with it. */
  isServedHere: boolean;
  /** Ends the link: viewers go dark within two seconds. */
  end(): Promise<void>;
  /** Stops what this process does for the link. A link that another process serves goes on. */
  leave(): Promise<void>;
  /** Resolves once the link has ended, by whomever. */
  ended: Promise<LinkEnd>;
}

/** What a link shows, and how. */
export interface LinkOptions {
  feature: string;
  monitor: MonitorView;
  store: Pick<ViewStore, 'feature' | 'now'>;
  shares: ShareKeeper;
  lang: PageLook['lang'];
  place: LinkPlace;
  forMs: number;
  /** User ids, hosts, names of people and free text are hidden. */
  mask: boolean;
  by: string;
  /** Called with a sentence when a request fails unexpectedly. */
  onFault(sentence: string): void;
}

/** Where a link is to be served. @param flag `--listen` @throws Failure exit code 2 */
export function linkPlace(
  flag: string | undefined,
  {listen = null, url = null}: LinkPlaceConfig = {},
): LinkPlace {
  const wanted = flag ?? listen ?? (url === null ? '127.0.0.1:0' : null);
  return {address: wanted === null ? null : readListen(wanted), url};
}

/** Makes a link and serves it from this process until it ends. @throws StoreFault, Failure where the address is taken */
export async function beginLink(options: LinkOptions): Promise<SharedLink> {
  const {store, shares, place, forMs, mask, by} = options;
  const until = store.now() + forMs;
  const {token, record} = makeLink({by, createdAt: store.now(), until, mask});
  const write = async () => {
    await shares.remove(endedIn(await shares.read(), store.now()));
    await shares.write(record.name, record.text);
  };
  const {address, url} = place;
  const stop = new AbortController();
  const watch = async (count: () => number) =>
    await untilItEnds({...options, id: record.name, until, count}, stop.signal);
  const server = address === null ? null : await openLinkServer(options, address);
  try {
    await write();
  } catch (error) {
    await server?.close();
    throw error;
  }
  const ended = (async () => {
    try {
      return await watch(() => server?.page.watching().get(options.feature) ?? 0);
    } finally {
      if (server !== null) await shares.remove([record.name]).catch(() => undefined);
      await server?.close();
    }
  })();
  const leave = async () => {
    stop.abort();
    await ended;
  };
  return {
    link: `${url ?? baseOf(server?.listening.url ?? '', address)}/s/${token}`,
    until,
    loopbackPort:
      url === null && isLoopback(address) ? Number(new URL(server?.listening.url ?? '').port) : null,
    isServedHere: server !== null,
    ended,
    leave,
    async end() {
      await shares.remove([record.name]);
      await leave();
    },
  };
}

/** The token of a link; a token stays as it is. */
export function tokenIn(link: string): string {
  return link.split('/').at(-1) ?? '';
}

/** Everything that serves the link, with the rights of a viewer. */
async function openLinkServer(
  {feature, monitor, store, lang, onFault}: LinkOptions,
  address: ListenAddress,
): Promise<{listening: Listening; page: PageRoutes; close(): Promise<void>}> {
  const [{createLinkApp}, {listenHttp}, {openPageSource}] = await Promise.all([
    import('../../server/page/link-app.ts'),
    import('../../server/listen.ts'),
    import('./page-source.ts'),
  ]);
  const served = {names: () => [feature], get: (name: string) => (name === feature ? {monitor} : null)};
  const {app, page} = createLinkApp(openPageSource(served, store, lang), error =>
    onFault(`a request failed: ${plainText(error instanceof Error ? error.message : String(error), 300)}`),
  );
  const listening = await listenHttp(app.fetch, address).catch((error: unknown) => {
    page.close(true);
    throw cannotListen(error, `${address.host}:${address.port}`);
  });
  return {
    listening,
    page,
    async close() {
      page.close(true);
      await listening.close();
    },
  };
}

/** Writes how many watch, until the link was revoked, has run out or is ended from here. */
async function untilItEnds(
  about: LinkOptions & {id: string; until: number; count(): number},
  signal: AbortSignal,
): Promise<LinkEnd> {
  const {store, shares, id, until, count} = about;
  const process = randomBytes(6).toString('base64url');
  let written = 0;
  let looks = 0;
  try {
    while (!signal.aborted) {
      if (store.now() >= until) return 'over';
      const records = await shares.read().catch(() => null);
      if (signal.aborted) break;
      if (records !== null && !records.has(id)) return 'revoked';
      const viewers = count();
      if (viewers !== written || (viewers > 0 && looks % WRITE_AGAIN === 0)) {
        const {name, text} = watchingRecord(process, viewers, store.now());
        await shares.write(name, text).catch(() => undefined);
        written = viewers;
      }
      looks++;
      await pause(LOOK_EVERY_MS, undefined, {signal}).catch(() => undefined);
    }
    return 'interrupted';
  } finally {
    await shares.remove([watchingRecord(process, 0, 0).name]).catch(() => undefined);
  }
}

function isLoopback(address: ListenAddress | null): boolean {
  const host = address?.host ?? '';
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** An address for others: what listens on every address is reached by this machine's name. */
function baseOf(listening: string, address: ListenAddress | null): string {
  return address?.host === '0.0.0.0' || address?.host === '::'
    ? listening.replace(/\/\/[^/]*(?=:\d+$)/u, `//${hostname()}`)
    : listening;
}
