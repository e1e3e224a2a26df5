import {plainText} from '../../text/plain-text.ts';
import {deadline} from '../../store/redis/deadline.ts';
import {Failure} from '../output/failure.ts';

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

/**
 * What a check found. `wrong`: a release must not start like this. `doubt`: it may, and the operator is warned. `fine`: as
 * it should be.
 */
export interface Finding {
  /** What was looked at: `store`, `prometheus`, `hooks`, `routers`, `guard`, `plan`. */
  check: string;
  level: 'fine' | 'doubt' | 'wrong';
  /** One sentence; text from outside in it is fit for a terminal. */
  text: string;
  /** What mends it, best a command to type; empty where nothing has to be. */
  remedy: string;
}

export function fine(check: string, text: string): Finding {
  return {check, level: 'fine', text, remedy: ''};
}

export function doubt(check: string, text: string, remedy: string): Finding {
  return {check, level: 'doubt', text, remedy};
}

export function wrong(check: string, text: string, remedy: string): Finding {
  return {check, level: 'wrong', text, remedy};
}
