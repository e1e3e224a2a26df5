import {once} from 'node:events';
import {plainText} from '../../text/plain-text.ts';
import {openStore} from '../../store/open.ts';
import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {checkFeature} from '../session/feature.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {cannotListen, doubtOfListen, readListen, readOrigins, readTrusted} from '../serve/listen.ts';
import {attemptLine, operatingOf} from '../serve/operating.ts';
import {readElement} from '../serve/element.ts';
import {openServed, type OpenedServed} from '../serve/served.ts';
import {openWriter} from '../serve/writer.ts';
import {readTokenFile} from '../serve/token-file.ts';
import {loadSettings, type Settings} from '../session/settings.ts';
import type {Client, TokenScope} from '../../server/tokens.ts';
import {openToLook, using} from '../session/session.ts';
import {systemdReadiness, version} from '../process.ts';
import {languageOf} from '../../text/language.ts';

/** `serve`: status, events, feedback, samples, decisions and commands by HTTP, until it is told to go. */
export const run: Run = async call => {
  const signal = call.interrupted({isOrderly: true});
  const {flags, out} = call;
  // Wrong flags are told before anything is opened.
  readListen(flags.listen);
  readOrigins(flags.allowOrigin);
  readTrusted(flags.trustProxy);
  const clients = await readTokenFile(flags.tokens, out.say);
  const settings = await loadSettings(call);
  const only = settings.feature === null ? null : checkFeature(settings.feature);
  return await using(openParts(call, settings, clients), async parts => {
    const {store, acting, writer, evaluation} = parts;
    const opening = openServed(store, await monitorSettings(settings), only, {
      writer,
      operator: acting === null ? null : {store: acting, settings},
      onOpened: async name => evaluation?.open(name),
    });
    return await using(opening, served => serve({call, settings, clients, parts, served, signal}));
  });
};

interface Serving {
  call: Call;
  settings: Settings;
  clients: readonly Client[];
  parts: Awaited<ReturnType<typeof openParts>>;
  served: OpenedServed;
  signal: AbortSignal;
}

/** Listens until the signal aborts. @throws Failure */
async function serve({call, settings, clients, parts, served, signal}: Serving): Promise<ExitCode> {
  const {flags, out} = call;
  const {store, acting, evaluation} = parts;
  const address = readListen(flags.listen);
  const [{createApp}, {openMetrics}, {listenHttp}, {openPageSource}] = await Promise.all([
    import('../../server/app.ts'),
    import('../../server/metrics.ts'),
    import('../../server/listen.ts'),
    import('../share/page-source.ts'),
  ]);
  const {app, close} = createApp({
    served,
    clients,
    origins: readOrigins(flags.allowOrigin),
    trusts: readTrusted(flags.trustProxy),
    isReadOnly: flags.readOnly,
    metrics: openMetrics(served, version),
    evaluation,
    ...(await readElement()),
    onFault: error =>
      out.say(`a request failed: ${plainText(error instanceof Error ? error.message : String(error), 300)}`),
    ...(acting === null ? {} : {operating: operatingOf({store: acting, served, settings, clients})}),
    onAttempt: attempt => out.say(attemptLine(attempt)),
    version,
    page: openPageSource(served, store, languageOf(flags.lang, process.env)),
  });
  const listening = await listenHttp(app.fetch, address).catch((error: unknown) => {
    throw cannotListen(error, `${address.host}:${address.port}`);
  });
  const tokens = clients.length === 1 ? 'one token' : `${clients.length} tokens`;
  out.say(`serving on ${listening.url} for ${tokens}`);
  const doubt = doubtOfListen(address);
  if (doubt !== null) out.say(doubt);
  const systemd = systemdReadiness();
  systemd.ready();
  if (!signal.aborted) await once(signal, 'abort');
  systemd.close();
  close();
  await listening.close();
  return EXIT.done;
}

/** Opens the store with no more rights than the tokens need. `acting`: the store of an operator, where a token may act. */
async function openParts(call: Call, settings: Settings, clients: readonly Client[]) {
  const {flags, out} = call;
  const may = (scope: TokenScope) => !flags.readOnly && clients.some(({scopes}) => scopes.has(scope));
  const acting = may('operate') ? await openStore(settings.store, 'operator') : null;
  const store = acting ?? (await openToLook(call, settings));
  const openRouter = () => openStore(settings.store, 'router');
  const writer = openWriter(openRouter);
  const evaluation = may('evaluate')
    ? (await import('../serve/evaluation.ts')).openEvaluation({
        open: openRouter,
        label: store.label,
        say: out.say,
      })
    : null;
  return {
    store,
    acting,
    writer,
    evaluation,
    async close() {
      await evaluation?.close();
      await writer.close();
      await store.close();
    },
  };
}
