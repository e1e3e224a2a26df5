import type {KeptOutput, StepOutput} from '../../release/step-output.ts';
import {KEEP_OUTPUTS, type OutputReader} from '../port.ts';
import {decodeOutput} from '../output.ts';
import type {Line} from './line.ts';
import {toJson} from '../../release/well-formed.ts';

export function outputReader(line: Line, key: string): OutputReader {
  return {
    read: async () => {
      const rows = await line.call(['XRANGE', key, '-', '+'], {reads: true, isLarge: true});
      return (rows as [id: string, fields: string[]][]).flatMap(toOutput);
    },
  };
}

export async function writeOutput(line: Line, key: string, output: StepOutput): Promise<void> {
  await line.call(['XADD', key, 'MAXLEN', KEEP_OUTPUTS, '*', 'output', toJson(output)]);
}

function toOutput([id, fields]: [id: string, fields: string[]]): KeptOutput[] {
  return fields[0] === 'output' ? decodeOutput(fields[1] ?? '', Number.parseInt(id, 10)) : [];
}
