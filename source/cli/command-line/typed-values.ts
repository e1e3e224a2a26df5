import {readDuration} from '../../config/values.ts';
import {isPercent} from '../../release/split.ts';
import {usage} from '../output/failure.ts';
import {quote} from '../../text/quote.ts';

/** A time as it is typed: `30s`, `5m`, `1h30m`. In milliseconds. @throws Failure exit code 2. */
export function readTypedDuration(flag: string, text: string): number {
  const read = readDuration(text);
  if (!read.ok)
    throw usage(`${flag}: ${read.problems[0].message}`, `${flag} 30s, 5m or 1h30m`, 'bad-duration');
  return read.value;
}

/** A percentage as it is typed: `25`, `12.5`, `"25 %"`. @throws Failure exit code 2. */
export function readTypedPercent(text: string): number {
  const match = /^\s*(?<number>-?(?:\d+(?:\.\d+)?|\.\d+))\s*%?\s*$/u.exec(text);
  const percent = Number(match?.groups?.['number'] ?? Number.NaN);
  if (isPercent(percent)) return Object.is(percent, -0) ? 0 : percent;
  throw usage(
    `${text === '' ? 'nothing' : quote(text)} is not a percentage a router can express`,
    '0 to 100 with at most two decimals: graydeck set 12.5',
    'bad-percent',
  );
}
