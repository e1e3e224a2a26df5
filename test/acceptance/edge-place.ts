/** A real nginx in front of two backends, driven by the built agent, and a store that can be cut off from it. */
import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, inject} from 'vitest';
import {openEdgePlace, type EdgePlace} from '../nginx/edge-place.ts';
import {aclLines} from '../../source/store/redis/acl.ts';
import type {Network} from '../servers/network.ts';
import {startProxy, type Proxy} from '../servers/proxy.ts';
import {FEATURE, redisPlace, type Place} from './place.ts';

const PASSWORD = 'agent-secret';

export interface DrivenEdge extends AsyncDisposable {
  place: Place & {redis: NonNullable<Place['redis']>};
  edge: EdgePlace;
  /** Between the agent and the store; the way to another network has none. */
  proxy: Proxy;
  agent: ChildProcess;
  /** Starts the agent once more. */
  startAgent(): Promise<void>;
  /** Ends the agent in peace. */
  stopAgent(): Promise<void>;
  /** What the agent has said so far, on stdout and stderr. */
  said(): string;
}

interface DrivenEdgeOptions {
  /** As in the configuration. */
  watchdog?: string;
  shutdown?: string;
  /** Where the store is; else on this host. */
  network?: Network;
}

export async function openDrivenEdge({
  watchdog = '2s',
  shutdown = '1s',
  network,
}: DrivenEdgeOptions = {}): Promise<DrivenEdge> {
  // The agent has the rights of its role and no others.
  const rights = aclLines('agent').map(line => line.replace('PASSWORD', PASSWORD));
  const place = await redisPlace({
    acl: ['user default on nopass ~* &* +@all', ...rights],
    ...(network !== undefined && {network}),
  });
  const edge = await openEdgePlace([FEATURE]);
  const proxy = await startProxy(place.redis);
  const {options, site} = edge;
  const config = {
    nginx: {
      include: options.include,
      attributes: {country: {header: 'x-country'}},
      features: {[FEATURE]: {prod: 'app_prod', gray: 'app_gray'}},
      probe: `${site.probe.host}:${site.probe.port}`,
      test: options.test,
      pid: edge.nginx.pidFile,
      watchdog,
      shutdown,
      name: 'edge-1',
    },
  };
  await writeFile(join(place.cli.folder, 'edge.yaml'), JSON.stringify(config));
  const {host, port} = network === undefined ? {host: '127.0.0.1', port: proxy.port} : place.redis;
  let said = '';
  const start = () => {
    const argv = ['agent', '--config', 'edge.yaml', '--store', `redis://graydeck-agent@${host}:${port}/0`];
    const agent = spawn(process.execPath, [inject('program'), ...argv], {
      cwd: place.cli.folder,
      env: place.cli.environment({GRAYDECK_STORE_PASSWORD: PASSWORD}),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [agent.stdout, agent.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    return agent;
  };
  const driven: DrivenEdge = {
    place,
    edge,
    proxy,
    agent: start(),
    said: () => said,
    async startAgent() {
      driven.agent = start();
      await ready();
    },
    async stopAgent() {
      const {agent} = driven;
      if (agent.exitCode !== null || agent.signalCode !== null) return;
      const ended = once(agent, 'exit');
      agent.kill('SIGTERM');
      await ended;
    },
    async [Symbol.asyncDispose]() {
      driven.agent.kill('SIGCONT');
      await driven.stopAgent();
      await proxy.close();
      await edge[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
  const ready = async () => {
    const before = said.length;
    await expect.poll(() => said.slice(before)).toContain('version');
  };
  await ready();
  return driven;
}
