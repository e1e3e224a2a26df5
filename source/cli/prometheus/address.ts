import type {Credentials} from '../../metrics/prometheus/client.ts';
import type {Settings} from '../session/settings.ts';
import {usage, type Failure} from '../output/failure.ts';

/**
 * Where Prometheus is: as flag or environment say, else as the configuration does; null: nobody says. A password must
 * come by the environment: on the command line every user of the machine can read it.
 * @throws Failure exit code 2
 */
export async function addressOf(typed: string | null, configured: string | null): Promise<string | null> {
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
    return url.href;
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
  return url.href;
}

/**
 * Who asks, as the environment says: a token, or a user with a password. Null where a configuration that was found in the
 * folder names the address: what the environment holds is not for it.
 */
export function credentialsOf(
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
