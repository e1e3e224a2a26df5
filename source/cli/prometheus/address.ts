import {dirname, resolve} from 'node:path';
import type {Messages} from '../../console/messages/catalogue.ts';
import {lackOfAddress} from '../../metrics/prometheus/address.ts';
import type {Credentials, PrometheusClientOptions} from '../../metrics/prometheus/client.ts';
import type {PrometheusPoller} from '../../metrics/prometheus/poller.ts';
import type {MonitorSettings, PrometheusAccess} from '../../monitor/settings.ts';
import type {SecretSource} from '../../release/channel.ts';
import {type Failure, usage} from '../output/failure.ts';
import type {Settings} from '../session/settings.ts';

/** States of a query that only a person can change. */
const TO_BE_MENDED: ReadonlySet<string> = new Set(['nan', 'inf', 'several', 'bad-query', 'lagging']);

export function isToBeMended(state: string): boolean {
  return TO_BE_MENDED.has(state);
}

/** Warnings about Prometheus, a line each. */
export function troublesOf(
  poller: Pick<PrometheusPoller, 'light' | 'snapshot'>,
  {headlines}: Messages,
): string[] {
  const {name, state, why} = poller.light();
  if (state === 'away') return [headlines.sourceAway(name, why ?? '')];
  const metrics = poller.snapshot();
  const warnings = new Set(metrics.flatMap(metric => metric.warnings));
  const wrong = metrics.flatMap(metric => {
    const side = [metric.sides.gray, metric.sides.prod].find(one => isToBeMended(one.state));
    return side === undefined || side.why === null ? [] : [`${metric.name}: ${side.why}`];
  });
  return [...[...warnings].map(warning => headlines.sourceWarns(name, warning)), ...wrong];
}

/**
 * Address of Prometheus by flag or environment, else by the configuration; null: none is given. A password must come by
 * the environment, because every user of the machine can read the command line.
 * @throws Failure exit code 2
 */
async function addressOf(typed: string | null, configured: string | null): Promise<string | null> {
  if (typed !== null) {
    const url = parsed(typed);
    const isOfEnvironment = typed === process.env['GRAYDECK_PROMETHEUS'];
    if (url === null) throw notAnAddress(isOfEnvironment ? 'GRAYDECK_PROMETHEUS' : '--prometheus');
    if (url.password !== '' && !isOfEnvironment)
      throw usage(
        '--prometheus holds a password, which others on this machine can read',
        'the address without it, and GRAYDECK_PROMETHEUS_USER and GRAYDECK_PROMETHEUS_PASSWORD in the environment',
        'password-typed',
      );
    return checked(url).href;
  }
  if (configured === null) return null;
  const {withVariables} = await import('../../config/project/address.ts');
  const read = withVariables(configured, name => process.env[name]);
  if (!read.ok)
    throw usage(
      `the address of Prometheus wants the variable ${read.missing}, which is not set`,
      `export ${read.missing}=…, or --prometheus URL`,
      'no-variable',
    );
  const url = parsed(read.address);
  if (url === null) throw notAnAddress('what the configuration says of Prometheus');
  return checked(url).href;
}

/** How Prometheus is asked: who asks, with which headers and certificates. Of the configuration, only at the address that it names. */
async function accessOf(
  {prometheus, config}: Pick<Settings, 'prometheus' | 'config'>,
  url: string,
): Promise<Pick<PrometheusClientOptions, 'credentials' | 'headers' | 'tls'>> {
  const credentials = credentialsOf({prometheus, config}, process.env);
  const configured = config?.value.prometheus ?? null;
  if (config === null || configured === null) return {credentials};
  // What a configuration says of one Prometheus is not told to another.
  if (prometheus !== null && configured.url !== null) {
    const own = await addressOf(null, configured.url).catch(() => null);
    if (own === null || new URL(own).origin !== new URL(url).origin) return {credentials};
  }
  const folder = dirname(config.path);
  const placed = (source: SecretSource): SecretSource =>
    source.from === 'file' ? {from: 'file', path: resolve(folder, source.path)} : source;
  const file = (path: string | null) => (path === null ? null : resolve(folder, path));
  const {token, user, password, headers, tls} = configured;
  const ownCredentials: PrometheusClientOptions['credentials'] =
    token !== null
      ? {kind: 'bearer', token: placed(token)}
      : user !== null && password !== null
        ? {kind: 'basic', user, password: placed(password)}
        : null;
  return {
    credentials: credentials ?? ownCredentials,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : placed(value),
      ]),
    ),
    tls: {ca: file(tls.ca), cert: file(tls.cert), key: file(tls.key)},
  };
}

function checked(url: URL): URL {
  const lack = lackOfAddress(url);
  if (lack !== null)
    throw usage(`Prometheus cannot be asked there: ${lack}`, 'take it out of the address', 'bad-url');
  return url;
}

/** What a monitor needs of the settings; the address of Prometheus is checked. @throws Failure exit code 2 */
export async function monitorSettings(
  settings: Pick<Settings, 'declared' | 'config' | 'prometheus'>,
): Promise<MonitorSettings> {
  const {declared, config} = settings;
  return {declared, config, prometheus: await prometheusAccess(settings)};
}

/** Where Prometheus is and as whom it is asked; null: no address is given. @throws Failure exit code 2 */
export async function prometheusAccess({
  prometheus,
  config,
}: Pick<Settings, 'config' | 'prometheus'>): Promise<PrometheusAccess | null> {
  const url = await addressOf(prometheus, config?.value.prometheus?.url ?? null);
  return url === null ? null : {url, ...(await accessOf({prometheus, config}, url))};
}

/**
 * Who asks, as the environment says: a token, or a user with a password. Null where a configuration that was found in the
 * folder names the address: what the environment holds is not for it.
 */
function credentialsOf(
  {prometheus, config}: Pick<Settings, 'prometheus' | 'config'>,
  env: Readonly<Record<string, string | undefined>>,
): Credentials | null {
  if (prometheus === null && config?.isFound === true) return null;
  const token = env['GRAYDECK_PROMETHEUS_TOKEN'] ?? '';
  if (token !== '') return {kind: 'bearer', token: token.trim()};
  const user = env['GRAYDECK_PROMETHEUS_USER'] ?? '';
  const password = env['GRAYDECK_PROMETHEUS_PASSWORD'] ?? '';
  return user === '' && password === '' ? null : {kind: 'basic', user, password};
}

function parsed(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : null;
}

/** The text itself is not repeated: it may hold a password. */
function notAnAddress(what: string): Failure {
  return usage(`${what} is not an address of HTTP`, '--prometheus http://127.0.0.1:9090', 'bad-url');
}
