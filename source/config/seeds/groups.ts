import {z} from 'zod';
import type {Rule} from '../../release/plan.ts';
import {readAttribute} from '../plan/attribute.ts';
import {child, type YamlReader, type Spot} from '../yaml/reader.ts';
import {readRule} from '../plan/rule.ts';
import {made} from '../yaml/tree.ts';

const ALLOWED = 'a list of attributes: - user_type: "lawyer"';

const entry = made(z.record(z.string(), z.unknown()).meta({form: ALLOWED}), (tests, at) =>
  Object.keys(tests).map(key => ({key, at: child(at, key)})),
);
const attributes = z.array(entry).meta({form: ALLOWED});

/**
 * One group of `user_groups:`, a list of attributes: the same attribute repeated means any of its values, different ones
 * must all fit. Times mean `within` for attributes called `last_…` and for `<`, else at least so long ago.
 */
export const seedGroup = made(
  z.unknown().meta({type: ['array', 'object', 'string'], form: ALLOWED}),
  (_, at, reader) => readGroup(reader, at),
);

function readGroup(reader: YamlReader, spot: Spot): Rule | undefined {
  if (!Array.isArray(spot.value)) return readRule(reader, spot);
  const entries = (reader.read(spot, attributes) ?? []).flat();
  if (entries.length === 0) {
    if (spot.value.length === 0) reader.mistake(spot, {message: 'an empty group', allowed: ALLOWED});
    return undefined;
  }
  const rules = entries.map(({key, at}) =>
    readAttribute(reader, at, key, op =>
      key.startsWith('last_') || op.startsWith('<') ? 'within' : 'atLeastAgo',
    ),
  );
  const names = [...new Set(entries.map(({key}) => key))];
  const parts = names.map(name => anyOf(rules.filter((_, index) => entries[index]?.key === name)));
  const whole = parts.filter(part => part !== undefined);
  const [first] = whole;
  if (whole.length < names.length || first === undefined) return undefined;
  return whole.length === 1 ? first : {all: whole};
}

/** Tests of one attribute, any of which is enough; plain values become one list. */
function anyOf(rules: readonly (Rule | undefined)[]): Rule | undefined {
  const known = rules.filter(rule => rule !== undefined);
  const [first] = known;
  if (known.length < rules.length || first === undefined) return undefined;
  if (known.length === 1) return first;
  const values = known.flatMap(rule =>
    'attribute' in rule && rule.test.op === 'in' ? rule.test.values : [],
  );
  const isPlain = known.every(rule => 'attribute' in rule && rule.test.op === 'in');
  return isPlain && 'attribute' in first
    ? {attribute: first.attribute, test: {op: 'in', values}}
    : {any: known};
}
