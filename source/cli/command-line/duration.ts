import {readDuration} from '../../config/duration.ts';
import {usage} from '../output/failure.ts';

/** A time as it is typed: `30s`, `5m`, `1h30m`. In milliseconds. @throws Failure exit code 2. */
export function readTypedDuration(flag: string, text: string): number {
  const read = readDuration(text);
  if (!read.ok)
    throw usage(`${flag}: ${read.problems[0].message}`, `${flag} 30s, 5m or 1h30m`, 'bad-duration');
  return read.value;
}
