import {setTimeout as delay} from 'node:timers/promises';
import {PATIENCE_MS} from '../patience.ts';
import {startRedis, type RedisServer} from './redis.ts';

const SLOTS = 16_384;

export interface RedisCluster {
  readonly nodes: readonly RedisServer[];
  /** `redis-cluster://…` with all nodes. */
  readonly url: string;
  /** The node that serves a key, and one that does not. */
  whereIs(key: string): Promise<{slot: number; owner: RedisServer; other: RedisServer}>;
  dispose(): Promise<void>;
}

/** Three primaries without replicas, on the loopback. `settings` gives those of each node. */
export async function startCluster(
  settings: () => Promise<Record<string, string>> = async () => ({}),
): Promise<RedisCluster> {
  const nodes = await Promise.all(
    [0, 1, 2].map(async () => startRedis({cluster: true, settings: await settings()})),
  );
  const [first] = nodes;
  if (first === undefined) throw new Error('no nodes');
  try {
    await Promise.all(
      nodes.map((node, at) => {
        const from = Math.floor((at * SLOTS) / nodes.length);
        return node.admin.cluster('ADDSLOTSRANGE', from, Math.floor(((at + 1) * SLOTS) / nodes.length) - 1);
      }),
    );
    for (const [at, node] of nodes.entries()) {
      // Else two nodes of equal epoch quarrel over slots for a while.
      await node.admin.call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
    }
    for (const node of nodes.slice(1)) {
      await first.admin.call('CLUSTER', 'MEET', '127.0.0.1', node.port, await busPort(node));
    }
    await settled(nodes);
  } catch (error) {
    await Promise.all(nodes.map(node => node.dispose()));
    throw error;
  }
  return {
    nodes,
    url: `redis-cluster://${nodes.map(node => `127.0.0.1:${node.port}`).join(',')}`,
    whereIs: async key => {
      const slot = Number(await first.admin.call('CLUSTER', 'KEYSLOT', key));
      const at = Math.min(nodes.length - 1, Math.floor(((slot + 0.5) * nodes.length) / SLOTS));
      const owner = nodes[at] ?? first;
      return {slot, owner, other: nodes[(at + 1) % nodes.length] ?? first};
    },
    dispose: async () => {
      await Promise.all(nodes.map(node => node.dispose()));
    },
  };
}

async function busPort(node: RedisServer): Promise<string> {
  const [, port = ''] = (await node.admin.config('GET', 'cluster-port')) as string[];
  return port;
}

/** Until every node knows all others and serves. */
async function settled(nodes: readonly RedisServer[]): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const infos = await Promise.all(nodes.map(node => node.admin.cluster('INFO')));
    const whole = `cluster_known_nodes:${nodes.length}`;
    if (infos.every(info => info.includes('cluster_state:ok') && info.includes(whole))) return;
    if (Date.now() > until) throw new Error(`the cluster does not come up:\n${infos.join('\n')}`);
    await delay(50);
  }
}
