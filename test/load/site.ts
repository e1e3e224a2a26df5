/** A service that runs as several processes, as behind a load balancer. */
import {fork, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import type {RuleMessage, ServiceMessage, ServiceRule} from './rule.ts';

const PROGRAM = fileURLToPath(new URL('programs/service.ts', import.meta.url));

export interface SiteOptions {
  /** Address of the store. */
  store: string;
  features: readonly string[];
  /** `sdk`: the middleware measures and names people. `xadd`: one entry for each request, without a person. */
  mode: 'sdk' | 'xadd';
  seed: number;
  processes?: number;
}

export interface Site extends AsyncDisposable {
  readonly ports: readonly number[];
  /** How a feature answers from now on; before that nothing fails. */
  rule(feature: string, rule: ServiceRule): void;
  /** When the first request of gray failed under a watched rule, milliseconds since 1970; null: none has yet. */
  failedAt(feature: string): number | null;
}

/** Starts the processes. Resolves once each of them listens. @throws when one of them ends instead */
export async function startSite({store, features, mode, seed, processes = 2}: SiteOptions): Promise<Site> {
  const failed = new Map<string, number>();
  const children = Array.from({length: processes}, (_, index) =>
    fork(PROGRAM, [store, features.join(','), mode, String(seed * 100 + index)], {execArgv: []}),
  );
  const ports = await Promise.all(children.map(child => portOf(child)));
  for (const child of children) {
    child.on('message', (message: ServiceMessage) => {
      if (message.type !== 'failed') return;
      failed.set(message.feature, Math.min(message.at, failed.get(message.feature) ?? Infinity));
    });
  }
  return {
    ports,
    rule(feature, rule) {
      const message: RuleMessage = {feature, rule};
      for (const child of children) child.send(message);
    },
    failedAt: feature => failed.get(feature) ?? null,
    async [Symbol.asyncDispose]() {
      await Promise.all(
        children.map(async child => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        }),
      );
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the service ended with ${code}`)));
    child.on('message', (message: ServiceMessage) => {
      if (message.type === 'listens') resolve(message.port);
    });
  });
}
