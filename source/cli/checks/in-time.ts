import {plainText} from '../../analysis/plain-text.ts';
import {Failure} from '../output/failure.ts';
import {doubt, type Finding} from './finding.ts';

/** Nobody waits longer for what does not answer, milliseconds. */
const WITHIN_MS = 5000;

/** What cannot be looked at is doubtful; only a mistake in the input is thrown on. */
export async function inTime(
  check: string,
  looking: Promise<Finding[]>,
  withinMs = WITHIN_MS,
): Promise<Finding[]> {
  const limit = Promise.withResolvers<Finding[]>();
  const late = doubt(check, `no answer within ${withinMs / 1000} s`, 'graydeck status');
  const timer = setTimeout(() => limit.resolve([late]), withinMs);
  try {
    return await Promise.race([looking, limit.promise]);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const why = plainText(error instanceof Error ? error.message : String(error), 160);
    return [doubt(check, `it could not be looked at: ${why}`, 'graydeck status')];
  } finally {
    clearTimeout(timer);
  }
}
