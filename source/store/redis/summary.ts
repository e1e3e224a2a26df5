import {wellFormedJson} from '../../release/well-formed.ts';
import type {SummaryKeeper, SummaryReader} from '../port.ts';
import type {Keys} from './keys.ts';
import type {Line} from './line.ts';

export function summaryReader(line: Line, {summary}: Pick<Keys, 'summary'>): SummaryReader {
  return {read: async () => (await line.call(['GET', summary], {reads: true})) as string | null};
}

export function summaryKeeper(line: Line, keys: Pick<Keys, 'summary'>): SummaryKeeper {
  return {
    ...summaryReader(line, keys),
    write: async text => {
      await line.call(['SET', keys.summary, wellFormedJson(text)]);
    },
  };
}
