import type {KeptOutput, StepOutput} from '../../release/step-output.ts';
import {KEEP_OUTPUTS, type OutputReader} from '../port.ts';
import {decodeOutput} from '../output.ts';
import type {RedisClient} from './client.ts';
import {toJson} from '../../release/well-formed.ts';

export function outputReader(client: RedisClient, key: string): OutputReader {
  return {
    read: async () => {
      const rows = await client.call(['XRANGE', key, '-', '+'], {reads: true, isLarge: true});
      return (rows as [id: string, fields: string[]][]).flatMap(toOutput);
    },
  };
}

export async function writeOutput(client: RedisClient, key: string, output: StepOutput): Promise<void> {
  await client.call(['XADD', key, 'MAXLEN', KEEP_OUTPUTS, '*', 'output', toJson(output)]);
}

function toOutput([id, fields]: [id: string, fields: string[]]): KeptOutput[] {
  return fields[0] === 'output' ? decodeOutput(fields[1] ?? '', Number.parseInt(id, 10)) : [];
}
