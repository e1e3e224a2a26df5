import {z} from 'zod';
import type {Condition, Criterion} from '../../release/plan.ts';
import {doubtsOf, type Use} from '../condition/sense.ts';
import {GRAMMAR, readCondition} from '../condition/condition.ts';
import {flag} from '../yaml/leaf.ts';
import {bad, good} from '../yaml/mistake.ts';
import {child, type Placed, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, must, readBy} from '../yaml/tree.ts';

/** The text of a condition. `readConditionAt` reads it once its use is known. */
export const conditionText = readBy(
  value =>
    typeof value === 'string'
      ? good(value)
      : bad({message: 'a condition is written as text', allowed: GRAMMAR}),
  {type: 'string', form: GRAMMAR},
);

/** Reads the text of a condition for its use. Undefined once its mistakes are told. */
export function readConditionAt(
  reader: YamlReader,
  spot: Spot,
  text: string,
  use: Use,
): Condition | undefined {
  const condition = reader.take(spot, readCondition(text, reader.book));
  return condition === undefined ? undefined : judged(reader, spot, condition, use);
}

/** The condition, unless it cannot be meant. */
export function judged(
  reader: YamlReader,
  spot: Spot,
  condition: Condition,
  use: Use,
): Condition | undefined {
  const doubts = doubtsOf(condition, use, reader.book);
  for (const {problem, isMistake, isAboutSign} of doubts) {
    const sign = typeof spot.value === 'string' && isAboutSign ? spot.value.search(/[<>≤≥＜＞]/u) : 0;
    const at = Math.max(0, sign);
    if (isMistake) reader.mistake(spot, {...problem, at});
    else reader.warn(spot, {...problem, at});
  }
  return doubts.some(doubt => doubt.isMistake) ? undefined : condition;
}

const watched = mapping({
  when: must(conditionText, 'The condition.', '"error_rate < 1 %"'),
  dryRun: may(flag, 'The condition is shown and never decides.', 'true', 'false'),
});

/** Conditions that a phase must show before the release goes on: texts, or `{when, dryRun}`. */
export const criteria = z
  .array(
    z.union([
      made(conditionText, (text, at, reader) => criterionAt(reader, at, text, at, false)),
      made(watched, ({when, dryRun = false}, at, reader) =>
        when === undefined ? undefined : criterionAt(reader, child(at, 'when'), when, at, dryRun),
      ),
    ]),
  )
  .meta({form: 'a list of conditions: ["error_rate < 1 %"]'});

function criterionAt(
  reader: YamlReader,
  spot: Spot,
  text: string,
  whole: Spot,
  dryRun: boolean,
): Placed<Criterion> | undefined {
  const condition = readConditionAt(reader, spot, text, 'criterion');
  return condition === undefined ? undefined : {value: {condition, dryRun}, spot: whole};
}
