import type {Rule} from '../../release/plan.ts';
import {readAttribute} from '../plan/attribute.ts';
import {child, isMapping, type Reader, type Spot} from '../yaml/reader.ts';
import {readRule} from '../plan/rule.ts';

const ALLOWED = 'a list of attributes: - user_type: "lawyer"';

/**
 * One group of `user_groups:`, a list of attributes: the same attribute repeated means any of its values, different ones
 * must all fit. Times mean `within` for attributes called `last_…` and for `<`, else at least so long ago.
 */
export function readSeedGroup(reader: Reader, spot: Spot): Rule | undefined {
  if (!Array.isArray(spot.value)) return readRule(reader, spot);
  const entries = reader.items(spot, ALLOWED).flatMap(item => {
    if (isMapping(item.value)) return Object.keys(item.value).map(key => ({key, at: child(item, key)}));
    reader.mistake(item, {message: 'this is not an attribute with its value', allowed: ALLOWED});
    return [];
  });
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
