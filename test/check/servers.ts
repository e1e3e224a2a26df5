/** The servers and programs that tests run, on ports of their own, and how to come by them. */
import {access, constants, rm, writeFile} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {execa} from 'execa';

export type Server = {
  /** The program that must be found. */
  readonly command: string;
  /** The Debian package that holds it. */
  readonly debianPackage: string;
  readonly usedFor: string;
};

/** Every server that some test needs, and what comes with them. */
export const servers: readonly Server[] = [
  {
    command: 'redis-server',
    debianPackage: 'redis-server',
    usedFor: 'the store on Redis, the SDK, the rights',
  },
  {
    command: 'nginx',
    debianPackage: 'nginx',
    usedFor: 'edges: the include file, the agent, the example',
  },
  {command: 'prometheus', debianPackage: 'prometheus', usedFor: 'numbers by Prometheus'},
  {
    command: 'prometheus-node-exporter',
    debianPackage: 'prometheus-node-exporter',
    usedFor: 'the built-in queries for CPU and memory',
  },
  {command: 'ip', debianPackage: 'iproute2', usedFor: 'a network whose packets are lost'},
  {command: 'iptables', debianPackage: 'iptables', usedFor: 'a network whose packets are lost'},
  {command: 'chromium', debianPackage: 'chromium', usedFor: 'the page that is shared, as browsers show it'},
  {command: 'wrk', debianPackage: 'wrk', usedFor: 'a rollback under load'},
];

/** Debian asks this file before it starts a service; 101 forbids it. */
const servicePolicy = '/usr/sbin/policy-rc.d';
const forbidServices = '#!/bin/sh\nexit 101\n';
const minutes = 60_000;

const isThere = (path: string, mode = constants.F_OK) =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** Those of `wanted` that no folder of `path` (as in PATH) or the system's own folders hold. */
export async function missingServers(wanted: readonly Server[], path: string): Promise<Server[]> {
  const folders = [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter(folder => folder !== '');
  const found = await Promise.all(
    wanted.map(async ({command}) => {
      const places = await Promise.all(folders.map(folder => isThere(join(folder, command), constants.X_OK)));
      return places.includes(true);
    }),
  );
  return wanted.filter((_, index) => !found[index]);
}

/** True as root on Debian or one of its descendants, where packages can be installed unasked. */
export const mayInstall = async (): Promise<boolean> =>
  process.getuid?.() === 0 && (await isThere('/usr/bin/apt-get')) && (await isThere('/etc/debian_version'));

/** Installs the packages of `missing`; their services are never started. */
export async function install(missing: readonly Server[]): Promise<boolean> {
  const isOurs = await writeFile(servicePolicy, forbidServices, {flag: 'wx', mode: 0o755}).then(
    () => true,
    () => false,
  );
  const aptGet = (...argv: readonly string[]) =>
    execa('apt-get', argv, {
      env: {DEBIAN_FRONTEND: 'noninteractive'},
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      reject: false,
      timeout: 5 * minutes,
    });
  try {
    const updated = await aptGet('update', '--quiet=2');
    const packages = missing.map(server => server.debianPackage);
    const installed = await aptGet('install', '--quiet=2', '--yes', '--no-install-recommends', ...packages);
    return !updated.failed && !installed.failed;
  } finally {
    if (isOurs) {
      await rm(servicePolicy, {force: true});
    }
  }
}

/** What a person must do who has to install `missing` by hand; loud, because tests will be left out. */
export function advice(missing: readonly Server[]): string {
  const rule = '!'.repeat(100);
  const lines = missing.map(({command, usedFor}) => `  ${command}: ${usedFor}`);
  const packages = missing.map(server => server.debianPackage).join(' ');
  return [
    rule,
    'NOT EVERYTHING CAN BE TESTED HERE. These programs are missing:',
    ...lines,
    `On Debian or Ubuntu: sudo apt-get install ${packages}; elsewhere the package of the same program.`,
    rule,
  ].join('\n');
}
