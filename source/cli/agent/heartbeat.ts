import {type ChildProcess, spawn} from 'node:child_process';
import {dirname, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import type {NginxConfig} from '../../config/project/nginx.ts';
import {BEAT, BEAT_EVERY_MS, FAREWELL} from '../../nginx/watchdog.ts';
import type {Call} from '../call.ts';
import {systemdReadiness} from '../process.ts';
import type {Settings} from '../session/settings.ts';

/** The edge that the configuration speaks of, its paths from where they stand; null: it speaks of none. */
export function edgeConfigOf({config}: Pick<Settings, 'config'>): NginxConfig | null {
  const nginx = config?.value.nginx ?? null;
  if (config === null || nginx === null) return null;
  const folder = dirname(resolve(config.path));
  const {include, reload} = nginx;
  return {
    ...nginx,
    include: resolve(folder, include),
    reload: 'pidFile' in reload ? {pidFile: resolve(folder, reload.pidFile)} : reload,
  };
}

/** Least time between two starts of a watchdog that ends at once, milliseconds. */
const LIVES_AT_LEAST_MS = 1000;

/**
 * Sends heartbeats until it is closed: to a watchdog process of its own, which outlives the agent, and to systemd if
 * systemd started the agent.
 */
export function beginBeating(call: Call): {close(): void} {
  const over = new AbortController();
  let watchdog = startWatchdog(call);
  // A watchdog that has acted, or was killed, is replaced. Without one the bound on exposure would not hold.
  const keepOne = async () => {
    while (!over.signal.aborted) {
      const began = performance.now();
      await ended(watchdog);
      const restMs = Math.max(0, LIVES_AT_LEAST_MS - (performance.now() - began));
      await pause(restMs, undefined, {signal: over.signal}).catch(() => undefined);
      if (!over.signal.aborted) watchdog = startWatchdog(call);
    }
  };
  void keepOne();
  const beat = setInterval(() => watchdog.stdin?.write(BEAT), BEAT_EVERY_MS);
  const systemd = systemdReadiness();
  systemd.ready();
  return {
    close() {
      over.abort();
      clearInterval(beat);
      systemd.close();
      watchdog.stdin?.end(FAREWELL);
    },
  };
}

/** Starts the watchdog in a session of its own, so that a signal that ends the agent does not end the watchdog. */
function startWatchdog({flags, out}: Call): ChildProcess {
  const config = flags.config === undefined ? [] : ['--config', flags.config];
  const argv = [...process.execArgv, process.argv[1] ?? '', 'agent', 'keep', ...config];
  const watchdog = spawn(process.execPath, argv, {detached: true, stdio: ['pipe', 'ignore', 'inherit']});
  watchdog.on('error', error => out.say(`the watchdog of this agent did not start: ${error.message}`));
  watchdog.stdin?.on('error', () => undefined);
  watchdog.unref();
  return watchdog;
}

/** Resolves when the process has ended or did not start. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}
