import {readFreezeEntry} from '../../release/freeze.ts';
import {toJson} from '../../release/well-formed.ts';
import {readJson} from '../freeze.ts';
import {KEEP_FREEZES, type FreezeReader, type FreezeWriter} from '../port.ts';
import {FREEZE} from './keys.ts';
import type {Line} from './line.ts';

export function freezeReader(line: Line): FreezeReader {
  return {
    newest: async () => {
      const rows = await line.call(['XREVRANGE', FREEZE, '+', '-', 'COUNT', 1], {reads: true});
      const [row] = rows as [id: string, fields: string[]][];
      return row === undefined ? null : readFreezeEntry(readJson(row[1][1] ?? ''));
    },
  };
}

export function freezeWriter(line: Line): FreezeWriter {
  return {
    write: async entry => {
      await line.call(['XADD', FREEZE, 'MAXLEN', '~', KEEP_FREEZES, '*', 'entry', toJson(entry)]);
    },
  };
}
