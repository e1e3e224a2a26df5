import {readFreezeEntry} from '../../release/freeze.ts';
import {toJson} from '../../release/well-formed.ts';
import {readJson} from '../freeze.ts';
import {KEEP_FREEZES, type FreezeReader, type FreezeWriter} from '../port.ts';
import {FREEZE} from './keys.ts';
import type {RedisClient} from './client.ts';

export function freezeReader(client: RedisClient): FreezeReader {
  return {
    newest: async () => {
      const rows = await client.call(['XREVRANGE', FREEZE, '+', '-', 'COUNT', 1], {reads: true});
      const [row] = rows as [id: string, fields: string[]][];
      return row === undefined ? null : readFreezeEntry(readJson(row[1][1] ?? ''));
    },
  };
}

export function freezeWriter(client: RedisClient): FreezeWriter {
  return {
    write: async entry => {
      await client.call(['XADD', FREEZE, 'MAXLEN', '~', KEEP_FREEZES, '*', 'entry', toJson(entry)]);
    },
  };
}
