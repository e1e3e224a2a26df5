import {z} from 'zod';
import type {Rule} from '../../release/plan.ts';
import {isName} from '../../release/name.ts';
import {readAttribute} from './attribute.ts';
import {child, isMapping, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

const ALLOWED =
  'the name of a group, {attribute: value}, {any: […]}, {all: […]}, {not: …}, {group: NAME} or {custom: NAME}';
const WORDS = new Set(['any', 'all', 'not', 'group', 'custom']);

const NESTED = {$ref: '#/definitions/Rule'};
/** A rule about people, to any depth. */
export const rule = made(
  z.unknown().meta({
    id: 'Rule',
    form: ALLOWED,
    anyOf: [
      {type: 'string', description: 'Name of a group.'},
      {
        type: 'object',
        minProperties: 1,
        properties: {
          any: {type: 'array', minItems: 1, items: NESTED},
          all: {type: 'array', minItems: 1, items: NESTED},
          not: NESTED,
          group: {type: 'string'},
          custom: {type: 'string'},
        },
        additionalProperties: {
          description: 'Value of an attribute.',
          type: ['string', 'number', 'boolean', 'array'],
        },
      },
    ],
  }),
  (_, at, reader) => readRule(reader, at),
);

/** A rule about people: a group's name, attributes (all of a mapping's must fit), or a combination. Undefined once its mistakes are told. */
export function readRule(reader: YamlReader, spot: Spot): Rule | undefined {
  const {value} = spot;
  if (typeof value === 'string') return readGroupName(reader, spot, value);
  if (!isMapping(value)) {
    const isList = Array.isArray(value);
    reader.mistake(spot, {
      message: isList
        ? 'a list alone does not say whether any or all of it must fit'
        : 'this is not a rule about people',
      allowed: isList ? '{any: […]} or {all: […]}' : ALLOWED,
    });
    return undefined;
  }
  const keys = Object.keys(value);
  const word = keys.find(key => WORDS.has(key));
  if (keys.length === 0) {
    reader.mistake(spot, {message: 'an empty rule names no users', allowed: ALLOWED});
    return undefined;
  }
  if (word === undefined) return readAttributes(reader, spot, keys);
  if (keys.length > 1) {
    reader.mistake(
      child(spot, word),
      {message: `${quote(word)} must stand alone`, allowed: `{all: [{${word}: …}, {…}]}`},
      'key',
    );
    return undefined;
  }
  return readWord(reader, child(spot, word), word);
}

function readWord(reader: YamlReader, spot: Spot, word: string): Rule | undefined {
  const {value} = spot;
  if (word === 'not') {
    const rule = readRule(reader, spot);
    return rule === undefined ? undefined : {not: rule};
  }
  if (word === 'any' || word === 'all') {
    const rules = reader.read(spot, z.array(rule).meta({form: `a list of rules: ${ALLOWED}`}));
    if (rules === undefined || !Array.isArray(value)) return undefined;
    if (value.length === 0)
      return reader.mistake(spot, {
        message: `an empty list would mean ${word === 'all' ? 'everyone' : 'no user'}`,
        allowed: 'at least one rule',
      });
    if (rules.length < value.length) return undefined;
    return word === 'any' ? {any: rules} : {all: rules};
  }
  if (!isName(value)) {
    reader.mistake(spot, {message: `${word} needs a name`, allowed: `{${word}: NAME}`});
    return undefined;
  }
  return word === 'group' ? readGroupName(reader, spot, value) : {custom: value};
}

/** Notes that the plan needs this group. */
export function readGroupName(reader: YamlReader, spot: Spot, name: string): Rule {
  reader.groupsNamed.push({name, spot});
  return {group: name};
}

function readAttributes(reader: YamlReader, spot: Spot, keys: string[]): Rule | undefined {
  const rules = keys
    .map(key => readAttribute(reader, child(spot, key), key))
    .filter(rule => rule !== undefined);
  const [first] = rules;
  if (rules.length < keys.length || first === undefined) return undefined;
  return rules.length === 1 ? first : {all: rules};
}
