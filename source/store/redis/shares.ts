import type {ShareKeeper, ShareReader} from '../port.ts';
import {wellFormedJson} from '../../release/well-formed.ts';
import type {Keys} from './keys.ts';
import type {RedisClient} from './client.ts';

export function shareReader(client: RedisClient, {shares}: Pick<Keys, 'shares'>): ShareReader {
  return {
    read: async () => {
      const pairs = (await client.call(['HGETALL', shares], {reads: true})) as string[];
      const records = new Map<string, string>();
      for (let index = 0; index + 1 < pairs.length; index += 2)
        records.set(pairs[index] ?? '', pairs[index + 1] ?? '');
      return records;
    },
  };
}

export function shareKeeper(client: RedisClient, keys: Pick<Keys, 'shares'>): ShareKeeper {
  return {
    ...shareReader(client, keys),
    write: async (name, text) => {
      await client.call(['HSET', keys.shares, name, wellFormedJson(text)]);
    },
    remove: async names => {
      if (names.length > 0) await client.call(['HDEL', keys.shares, ...names]);
    },
  };
}
