type Environment = Readonly<Record<string, string | undefined>>;

/** Which variables of this process a program of the operator is given. */
export interface HookVariables {
  /** Names that the configuration uses, for a secret or for anything else: they are kept back. */
  hides: readonly string[];
  /** Names that the configuration passes on by `hookVariables:`. */
  passes: readonly string[];
}

/** What programs need to be found, to find their files and to speak to services of this host. */
const PASSED: ReadonlySet<string> = new Set(
  (
    'PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM TMPDIR SSH_AUTH_SOCK KUBECONFIG DOCKER_HOST DOCKER_CONTEXT ' +
    'XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_STATE_HOME DBUS_SESSION_BUS_ADDRESS SSL_CERT_FILE SSL_CERT_DIR'
  ).split(' '),
);
/** Addresses: passed on unless they hold a user or a password. */
const ADDRESSES: ReadonlySet<string> = new Set(
  (
    'http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY ' +
    'GRAYDECK_STORE GRAYDECK_PROMETHEUS'
  ).split(' '),
);
/** Without these hardly any program runs, whatever uses them. */
const ALWAYS: ReadonlySet<string> = new Set(['PATH', 'HOME']);

/**
 * The variables that a hook, a gate or another program of the operator is given: a short list, and what the configuration
 * passes on. What such a program prints can be read by everyone who may look, so secrets stay here.
 */
export function hookEnvironment(env: Environment, {hides, passes}: HookVariables): Record<string, string> {
  const isGiven = (name: string, value: string): boolean => {
    if (ALWAYS.has(name)) return true;
    if (hides.includes(name)) return false;
    if (ADDRESSES.has(name)) return passes.includes(name) || !value.includes('@');
    return PASSED.has(name) || name.startsWith('LC_') || passes.includes(name);
  };
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => {
      const [name, value] = entry;
      return value !== undefined && isGiven(name, value);
    }),
  );
}
