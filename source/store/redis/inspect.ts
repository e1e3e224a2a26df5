import type {RedisTarget} from '../url.ts';
import {RedisClient} from './client.ts';

/** Facts about the server that decide whether it keeps a log. */
export interface RedisFacts {
  version: string;
  role: 'primary' | 'replica';
  /** Whether commits survive the server's end: `appendonly yes`. */
  appendOnly: boolean;
  /** Anything but `noeviction` may throw the log away when memory runs out. */
  evictionPolicy: string;
  /** Bytes; null: no limit is set. */
  maxMemory: number | null;
  usedMemory: number;
  connectedReplicas: number;
}

/** Reads what INFO tells; of a cluster, about one of its nodes. @throws StoreFault */
export async function inspectRedis(target: RedisTarget): Promise<RedisFacts> {
  const client = new RedisClient(target, 'operator');
  try {
    return readFacts(String(await client.call(['INFO'], {key: null, reads: true})));
  } finally {
    client.close();
  }
}

function readFacts(info: string): RedisFacts {
  const facts = new Map<string, string>();
  for (const row of info.split('\r\n')) {
    const colon = row.indexOf(':');
    if (colon > 0) facts.set(row.slice(0, colon), row.slice(colon + 1));
  }
  const limit = Number(facts.get('maxmemory') ?? 0);
  return {
    version: facts.get('redis_version') ?? '',
    role: facts.get('role') === 'slave' ? 'replica' : 'primary',
    appendOnly: facts.get('aof_enabled') === '1',
    evictionPolicy: facts.get('maxmemory_policy') ?? '',
    maxMemory: limit > 0 ? limit : null,
    usedMemory: Number(facts.get('used_memory') ?? 0),
    connectedReplicas: Number(facts.get('connected_slaves') ?? 0),
  };
}
