import {wellFormedJson} from '../../release/well-formed.ts';
import type {SummaryKeeper, SummaryReader} from '../port.ts';
import type {Keys} from './keys.ts';
import type {RedisClient} from './client.ts';

export function summaryReader(client: RedisClient, {summary}: Pick<Keys, 'summary'>): SummaryReader {
  return {read: async () => (await client.call(['GET', summary], {reads: true})) as string | null};
}

export function summaryKeeper(client: RedisClient, keys: Pick<Keys, 'summary'>): SummaryKeeper {
  return {
    ...summaryReader(client, keys),
    write: async text => {
      await client.call(['SET', keys.summary, wellFormedJson(text)]);
    },
  };
}
