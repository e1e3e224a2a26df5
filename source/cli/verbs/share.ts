import {randomBytes} from 'node:crypto';
import {hostname} from 'node:os';
import {setTimeout as pause} from 'node:timers/promises';
import {plainText} from '../../analysis/plain-text.ts';
import {endedIn, linksIn, makeLink, nameOfLink, watchingRecord} from '../../server/page/links.ts';
import type {ListenAddress, Listening} from '../../server/listen.ts';
import type {PageRoutes} from '../../server/page/routes.ts';
import {openStore} from '../../store/open.ts';
import type {OperatorStore, ShareKeeper} from '../../store/port.ts';
import {readStamp} from '../commands/actor.ts';
import type {Call, Run} from '../call.ts';
import {languageOf, readTypedDuration} from '../command-line/typed-values.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {cannotListen, readListen} from '../serve/listen.ts';
import {openMonitor} from '../../monitor/monitor.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {chooseFeature, mustExist} from '../session/feature.ts';
import {openToLook, sayCaution} from '../session/session.ts';
import {loadSettings, type Settings} from '../session/settings.ts';
import {shareWords} from '../share/verb-words.ts';

const LASTS_MS = 2 * 3_600_000;
const LASTS_AT_MOST_MS = 30 * 24 * 3_600_000;
/** How often it looks whether the link was revoked, and tells how many watch, milliseconds. */
const LOOK_EVERY_MS = 1000;
/** A count that did not change is told again after this many looks, so that it does not look forgotten. */
const TELL_AGAIN = 5;

/** `share`: a link to watch by, served until it ends; `share revoke`: ends links. */
export const run: Run = async call => {
  const settings = await loadSettings(call);
  const forMs = lastsFor(call);
  const store = await openStore(settings.store, 'operator');
  sayCaution(call, store);
  try {
    const name = await chooseFeature(settings.feature, 'share', () => store.features());
    await mustExist(store, name);
    return call.verb.name === 'share revoke'
      ? await revoke(call, store, name)
      : await share(call, store, {name, forMs, settings});
  } finally {
    await store.close();
  }
};

function lastsFor({flags}: Call): number {
  const forMs = flags.for === undefined ? LASTS_MS : readTypedDuration('--for', flags.for);
  if (forMs > 0 && forMs <= LASTS_AT_MOST_MS) return forMs;
  throw usage('--for takes up to 30 days', '--for 2h', 'bad-duration');
}

async function revoke(call: Call, store: OperatorStore, feature: string): Promise<ExitCode> {
  const {out, flags, args} = call;
  const words = shareWords(languageOf(flags.lang, process.env));
  const {shares} = store.feature(feature);
  const records = await shares.read();
  const [given] = args;
  const token = given?.split('/').at(-1) ?? null;
  const running = linksIn(records).filter(({until}) => until > store.now());
  const meant = token === null ? running : running.filter(({id}) => token.startsWith(id));
  if (token !== null && meant.length === 0)
    throw usage(words.noSuchLink(feature), 'graydeck share revoke', 'no-link');
  if (!flags.dryRun)
    await shares.remove([...meant.map(({id}) => nameOfLink(id)), ...endedIn(records, store.now())]);
  const document = {schema: 'graydeck.share/1', feature, revoked: meant.length, dryRun: flags.dryRun};
  if (out.isJson) out.json(document);
  else out.data(flags.dryRun ? words.wouldRevoke(meant.length) : words.revoked(meant.length));
  return EXIT.done;
}

async function share(
  call: Call,
  store: OperatorStore,
  {name, forMs, settings}: {name: string; forMs: number; settings: Settings},
): Promise<ExitCode> {
  const {out, flags} = call;
  const {listen = null, url = null} = settings.config?.value.share ?? {};
  const wanted = flags.listen ?? listen ?? (url === null ? '127.0.0.1:0' : null);
  const address = wanted === null ? null : readListen(wanted);
  const {by} = readStamp(flags);
  const until = store.now() + forMs;
  const words = shareWords(languageOf(flags.lang, process.env));
  const {token, record} = makeLink({by: by.name, createdAt: store.now(), until, mask: flags.mask});
  const {shares} = store.feature(name);
  const tell = (base: string, port: number | null) => {
    const link = `${base}/s/${token}`;
    if (out.isJson) out.json({schema: 'graydeck.share/1', feature: name, link, until, mask: flags.mask});
    else out.data(link);
    out.say(words.holds(name, until, flags.mask));
    if (port !== null) for (const line of words.onlyHere(port, userAtHost(), token)) out.say(line);
  };
  if (address === null) {
    await write(shares, record, store.now());
    tell(url ?? '', null);
    return EXIT.done;
  }
  const signal = call.interrupted({isOrderly: true});
  const opened = await openLinkServer(call, settings, name, address);
  try {
    await write(shares, record, store.now());
    const {port} = new URL(opened.listening.url);
    const isLoopback = url === null && isLoopbackHost(address.host);
    tell(url ?? baseOf(opened.listening.url, address), isLoopback ? Number(port) : null);
    const why = await untilItEnds(
      {store, shares, id: record.name, until, feature: name, page: opened.page},
      signal,
    );
    out.say(words.ended[why]);
    return EXIT.done;
  } finally {
    await shares.remove([record.name]).catch(() => undefined);
    await opened.close();
  }
}

async function write(
  shares: ShareKeeper,
  {name, text}: {name: string; text: string},
  now: number,
): Promise<void> {
  await shares.remove(endedIn(await shares.read(), now));
  await shares.write(name, text);
}

/** Everything that serves the link, with the rights of who only looks. */
async function openLinkServer(
  call: Call,
  settings: Settings,
  feature: string,
  address: ListenAddress,
): Promise<{listening: Listening; page: PageRoutes; close(): Promise<void>}> {
  const {flags, out} = call;
  const [{createLinkApp}, {listenHttp}, {openPageSource}] = await Promise.all([
    import('../../server/page/link-app.ts'),
    import('../../server/listen.ts'),
    import('../share/page-source.ts'),
  ]);
  const store = await openToLook(call, settings.store);
  try {
    const monitor = await openMonitor(store, store.feature(feature), await monitorSettings(settings));
    try {
      monitor.start();
      monitor.judge();
      await monitor.view.ready();
      const served = {names: () => [feature], get: (name: string) => (name === feature ? {monitor} : null)};
      const source = openPageSource(served, store, languageOf(flags.lang, process.env));
      const {app, page} = createLinkApp(source, error =>
        out.say(
          `a request failed: ${plainText(error instanceof Error ? error.message : String(error), 300)}`,
        ),
      );
      const listening = await listenHttp(app.fetch, address).catch((error: unknown) => {
        throw cannotListen(error, `${address.host}:${address.port}`);
      });
      return {
        listening,
        page,
        async close() {
          page.close(true);
          await listening.close();
          await monitor.close();
          await store.close();
        },
      };
    } catch (error) {
      await monitor.close();
      throw error;
    }
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Tells consoles how many watch, until the link was revoked, has run out or the process is to go. */
async function untilItEnds(
  about: {
    store: OperatorStore;
    shares: ShareKeeper;
    id: string;
    until: number;
    feature: string;
    page: PageRoutes;
  },
  signal: AbortSignal,
): Promise<'interrupted' | 'over' | 'revoked'> {
  const {store, shares, id, until, feature, page} = about;
  const process = randomBytes(6).toString('base64url');
  let told = 0;
  let looks = 0;
  try {
    while (!signal.aborted) {
      if (store.now() >= until) return 'over';
      const records = await shares.read().catch(() => null);
      if (records !== null && !records.has(id)) return 'revoked';
      const count = page.watching().get(feature) ?? 0;
      if (count !== told || (count > 0 && looks % TELL_AGAIN === 0)) {
        const {name, text} = watchingRecord(process, count, store.now());
        await shares.write(name, text).catch(() => undefined);
        told = count;
      }
      looks++;
      await pause(LOOK_EVERY_MS, undefined, {signal}).catch(() => undefined);
    }
    return 'interrupted';
  } finally {
    await shares.remove([watchingRecord(process, 0, 0).name]).catch(() => undefined);
  }
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** What listens on every address is reached by this machine's name. */
function baseOf(listening: string, {host}: ListenAddress): string {
  return host === '0.0.0.0' || host === '::'
    ? listening.replace(/\/\/[^/]*(?=:\d+$)/u, `//${hostname()}`)
    : listening;
}

function userAtHost(): string {
  return `${process.env['USER'] ?? 'USER'}@${hostname()}`;
}
