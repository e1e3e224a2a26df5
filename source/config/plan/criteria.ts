import type {Condition, Criterion} from '../../release/plan.ts';
import {doubtsOf, type Use} from '../condition/sense.ts';
import {GRAMMAR, readCondition} from '../condition/condition.ts';
import {flag} from '../yaml/leaf.ts';
import {z} from 'zod';
import {child, isMapping, type Placed, type Reader, type Spot} from '../yaml/reader.ts';

/** A condition as text, judged for its use. Undefined once its mistakes are told. */
export function readConditionAt(reader: Reader, spot: Spot, use: Use): Condition | undefined {
  if (typeof spot.value !== 'string') {
    reader.mistake(spot, {message: 'a condition is written as text', allowed: GRAMMAR});
    return undefined;
  }
  const condition = reader.take(spot, readCondition(spot.value, reader.book));
  return condition === undefined ? undefined : judged(reader, spot, condition, use);
}

/** The condition, unless it cannot be meant. */
export function judged(reader: Reader, spot: Spot, condition: Condition, use: Use): Condition | undefined {
  const doubts = doubtsOf(condition, use, reader.book);
  for (const {problem, isMistake, isAboutSign} of doubts) {
    const sign = typeof spot.value === 'string' && isAboutSign ? spot.value.search(/[<>≤≥＜＞]/u) : 0;
    const at = Math.max(0, sign);
    if (isMistake) reader.mistake(spot, {...problem, at});
    else reader.warn(spot, {...problem, at});
  }
  return doubts.some(doubt => doubt.isMistake) ? undefined : condition;
}

/** `criteria:` of a phase: texts, or `{when, dryRun}`. */
export function readCriteria(reader: Reader, spot: Spot): Placed<Criterion>[] {
  return reader
    .items(spot, 'a list of conditions: ["error_rate < 1 %"]')
    .flatMap((item): Placed<Criterion>[] => {
      if (!isMapping(item.value)) return placed(item, readConditionAt(reader, item, 'criterion'), false);
      const fields = reader.fields(item, {when: z.unknown(), dryRun: flag});
      if (fields === null) return [];
      if (fields.when === undefined) {
        reader.mistake(item, {
          message: 'this criterion has no condition',
          allowed: '{when: "error_rate < 1 %", dryRun: true}',
        });
        return [];
      }
      return placed(item, readConditionAt(reader, child(item, 'when'), 'criterion'), fields.dryRun ?? false);
    });
}

function placed(spot: Spot, condition: Condition | undefined, dryRun: boolean): Placed<Criterion>[] {
  return condition === undefined ? [] : [{value: {condition, dryRun}, spot}];
}
