/** A server as `serve` wires it, on an embedded store, with a port of its own. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {openEvaluation} from '../../source/cli/serve/evaluation.ts';
import {operatingOf} from '../../source/cli/serve/operating.ts';
import {readElement} from '../../source/cli/serve/element.ts';
import {openServed} from '../../source/cli/serve/served.ts';
import {openWriter} from '../../source/cli/serve/writer.ts';
import {openPageSource} from '../../source/cli/share/page-source.ts';
import {openController} from '../../source/controller/controller.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import {createApp} from '../../source/server/app.ts';
import {listenHttp} from '../../source/server/listen.ts';
import type {Attempt} from '../../source/server/served.ts';
import {openMetrics} from '../../source/server/metrics.ts';
import {readTokens} from '../../source/server/tokens.ts';
import {openStore} from '../../source/store/open.ts';
import type {OperatorStore} from '../../source/store/port.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {splitNamed} from '../audience/conformance.ts';
import {appendNext} from '../store/commits.ts';

export const READ = 'token-that-may-read';
export const WRITE = 'token-that-may-give-feedback';
export const EVALUATE = 'token-that-may-evaluate';
export const SAMPLES = 'token-that-may-write-samples';
export const OPERATE = 'token-that-may-operate';
export const ORIGIN = 'https://app.example.com';

export interface House extends AsyncDisposable {
  url: string;
  store: OperatorStore;
  controller: Controller;
  /** Sends a request with a token, or without one. */
  ask(path: string, token?: string | null, init?: RequestInit): Promise<Response>;
  /** What was told of attempts to act. */
  attempts: readonly Attempt[];
  /** Posts a command. */
  act(
    command: string,
    body?: unknown,
    token?: string | null,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Posts feedback as a page would. */
  say(body: unknown, token?: string | null, headers?: Record<string, string>): Promise<Response>;
}

/** @param splits features that have one of the splits of the conformance file, by its name */
export async function openHouse({
  readOnly = false,
  features = ['pay'],
  splits = [] as readonly string[],
  origins = [ORIGIN],
  redis = null as string | null,
} = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-server-'));
  const address = redis ?? `sqlite:${join(folder, 'graydeck.db')}`;
  const store = await openStore(address, 'operator', {env: {}});
  const controllers = await Promise.all(
    features.map(async name => {
      const controller = openController({
        feature: name,
        log: store.feature(name).log,
        now: () => store.now(),
      });
      await controller.execute(
        {type: 'start', release: `r-${name}`, version: 'v1.1.0', over: 'v1.0.9', plan: builtInPlan},
        {by: {name: 'liu', kind: 'person'}},
      );
      return controller;
    }),
  );
  for (const name of splits) await appendNext(store.feature(name), {split: splitNamed(name)});
  const writer = openWriter(() => openStore(address, 'router', {env: {}}));
  const evaluation = readOnly
    ? null
    : openEvaluation({
        open: () => openStore(address, 'router', {env: {}}),
        label: address,
        say: () => undefined,
        stateFolder: folder,
      });
  const view = await openStore(address, 'viewer', {env: {}});
  const settings = {
    store: address,
    server: null,
    feature: null,
    prometheus: null,
    declared: {},
    config: null,
  };
  const acting = readOnly ? null : store;
  const served = await openServed(acting ?? view, settings, null, {
    writer,
    operator: acting === null ? null : {store: acting, settings},
    onOpened: async name => evaluation?.open(name),
  });
  const attempts: Attempt[] = [];
  const tokens = readTokens(
    `reader read ${READ}\npage feedback ${WRITE}\napp evaluate ${EVALUATE}\nphp write ${SAMPLES}\nops operate ${OPERATE}\nboth read,feedback ${READ}-2\nboss read,operate ${READ}-3`,
  );
  if (!tokens.ok) throw new Error('the tokens of the tests are invalid');
  const {app, close} = createApp({
    served,
    clients: tokens.clients,
    origins,
    isReadOnly: readOnly,
    ...(acting === null
      ? {}
      : {operating: operatingOf({store: acting, served, settings, clients: tokens.clients})}),
    onAttempt: attempt => attempts.push(attempt),
    metrics: openMetrics(served, '0.0.0'),
    evaluation,
    ...(await readElement()),
    onFault(error) {
      throw error;
    },
    version: '0.0.0',
    page: openPageSource(served, view, 'en'),
  });
  const listening = await listenHttp(app.fetch, {host: '127.0.0.1', port: 0});
  const {url} = listening;
  const ask: House['ask'] = async (path, token = READ, init = {}) =>
    await fetch(url + path, {
      ...init,
      headers: {
        ...(token === null ? {} : {authorization: `Bearer ${token}`}),
        ...(init.headers as Record<string, string> | undefined),
      },
    });
  return {
    url,
    store,
    attempts,
    controller: controllers[0]!,
    ask,
    act: async (command, body = {}, token = OPERATE, headers = {}) =>
      await ask(`/api/v1/canary/${command}`, token, {
        method: 'POST',
        headers: {'content-type': 'application/json', ...headers},
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    say: async (body, token = WRITE, headers = {}) =>
      await ask('/api/v1/canary/feedback', token, {
        method: 'POST',
        headers: {'content-type': 'application/json', ...headers},
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async [Symbol.asyncDispose]() {
      close();
      await listening.close();
      await served.close();
      await evaluation?.close();
      await Promise.all(controllers.map(one => one.close()));
      await Promise.all([store.close(), writer.close(), view.close()]);
      await rm(folder, {recursive: true, force: true});
    },
  };
}
