import {once} from 'node:events';
import {plainText} from '../../text/plain-text.ts';
import {openStore} from '../../store/open.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {checkFeature} from '../session/feature.ts';
import {monitorSettings} from '../prometheus/address.ts';
import {cannotListen, doubtOfListen, readListen, readOrigins, readTrusted} from '../serve/listen.ts';
import {attemptLine, operatingOf} from '../serve/operating.ts';
import {readElement} from '../serve/element.ts';
import {openServed} from '../serve/served.ts';
import {openWriter} from '../serve/writer.ts';
import {readTokenFile} from '../serve/token-file.ts';
import {loadSettings} from '../session/settings.ts';
import {openToLook} from '../session/session.ts';
import {systemdReadiness, version} from '../process.ts';
import {languageOf} from '../../text/language.ts';

/** `serve`: status, events and feedback by HTTP, until it is told to go. */
export const run: Run = async call => {
  const signal = call.interrupted({isOrderly: true});
  const {flags, out} = call;
  const address = readListen(flags.listen);
  const origins = readOrigins(flags.allowOrigin);
  const trusts = readTrusted(flags.trustProxy);
  const clients = await readTokenFile(flags.tokens, out.say);
  const settings = await loadSettings(call);
  const only = settings.feature === null ? null : checkFeature(settings.feature);
  const [{createApp}, {openMetrics}, {listenHttp}, {openPageSource}] = await Promise.all([
    import('../../server/app.ts'),
    import('../../server/metrics.ts'),
    import('../../server/listen.ts'),
    import('../share/page-source.ts'),
  ]);
  const mayAct = !flags.readOnly && clients.some(({scopes}) => scopes.has('operate'));
  const acting = mayAct ? await openStore(settings.store, 'operator') : null;
  const store = acting ?? (await openToLook(call, settings));
  const openRouter = () => openStore(settings.store, 'router');
  const writer = openWriter(openRouter);
  const mayEvaluate = !flags.readOnly && clients.some(({scopes}) => scopes.has('evaluate'));
  const evaluation = mayEvaluate
    ? (await import('../serve/evaluation.ts')).openEvaluation({
        open: openRouter,
        label: store.label,
        say: out.say,
      })
    : null;
  try {
    const served = await openServed(store, await monitorSettings(settings), only, {
      writer,
      operator: acting === null ? null : {store: acting, settings},
      onOpened: async name => evaluation?.open(name),
    });
    const metrics = openMetrics(served, version);
    const isReadOnly = flags.readOnly;
    const onFault = (error: unknown) =>
      out.say(`a request failed: ${plainText(error instanceof Error ? error.message : String(error), 300)}`);
    const {app, close} = createApp({
      served,
      clients,
      origins,
      isReadOnly,
      metrics,
      evaluation,
      ...(await readElement()),
      trusts,
      onFault,
      ...(acting === null ? {} : {operating: operatingOf({store: acting, served, settings, clients})}),
      onAttempt: attempt => out.say(attemptLine(attempt)),
      version,
      page: openPageSource(served, store, languageOf(flags.lang, process.env)),
    });
    try {
      const listening = await listenHttp(app.fetch, address).catch((error: unknown) => {
        throw cannotListen(error, `${address.host}:${address.port}`);
      });
      out.say(
        `serving on ${listening.url} for ${clients.length === 1 ? 'one token' : `${clients.length} tokens`}`,
      );
      const doubt = doubtOfListen(address);
      if (doubt !== null) out.say(doubt);
      const systemd = systemdReadiness();
      systemd.ready();
      if (!signal.aborted) await once(signal, 'abort');
      systemd.close();
      close();
      await listening.close();
    } finally {
      await served.close();
    }
    return EXIT.done;
  } finally {
    await evaluation?.close();
    await writer.close();
    await store.close();
  }
};
