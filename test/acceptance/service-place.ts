/** A service with the SDK inside, as a process of its own. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {freePort} from '../servers/ports.ts';
import {FEATURE, type Place} from './place.ts';

export interface Service extends AsyncDisposable {
  port: number;
}

/** `store`: its address where the service has another way to it. Resolves once it listens. */
export async function startService({cli}: Pick<Place, 'cli'>, store = cli.store): Promise<Service> {
  const port = await freePort();
  const program = fileURLToPath(new URL('programs/service.ts', import.meta.url));
  const child = spawn(process.execPath, [program, String(port), store, FEATURE], {
    cwd: cli.folder,
    env: cli.environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    port,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended;
    },
  };
}
