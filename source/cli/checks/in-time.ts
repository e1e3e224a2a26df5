import {plainText} from '../../analysis/plain-text.ts';
import {Failure} from '../output/failure.ts';
import {deadline} from '../../store/redis/deadline.ts';
import {doubt, type Finding} from './finding.ts';

/** Longest time that a check may take while this process gets its share of a core, in milliseconds. */
const WITHIN_MS = 5000;

/** What cannot be looked at is doubtful; only a mistake in the input is thrown on. */
export async function inTime(
  check: string,
  looking: Promise<Finding[]>,
  withinMs = WITHIN_MS,
): Promise<Finding[]> {
  const limit = Promise.withResolvers<Finding[]>();
  const late = doubt(check, `no answer within ${withinMs / 1000} s`, 'graydeck status');
  // A host that is busy, with these checks too, is not what they look for.
  const inTime = deadline(withinMs, () => limit.resolve([late]));
  try {
    return await Promise.race([looking, limit.promise]);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const why = plainText(error instanceof Error ? error.message : String(error), 160);
    return [doubt(check, `it could not be looked at: ${why}`, 'graydeck status')];
  } finally {
    inTime();
  }
}
