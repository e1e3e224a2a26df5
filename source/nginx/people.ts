import type {EdgeSource} from '../audience/latch.ts';
import type {Rule} from '../release/plan.ts';
import type {Bit, Block} from './block.ts';
import {Unwritable} from './words.ts';

/** The variable that nginx has for a source. @throws Unwritable where it has none for such a name */
export function variableOf(source: EdgeSource): string {
  if ('variable' in source) {
    if (/^\w+$/.test(source.variable)) return `$${source.variable}`;
    throw new Unwritable('a variable of nginx is letters, digits and _', 'name another under nginx:');
  }
  if ('header' in source) {
    // nginx drops headers with _ unless told otherwise, and takes _ and - for the same in the variable's name.
    if (/^[A-Za-z0-9-]+$/.test(source.header))
      return `$http_${source.header.toLowerCase().replaceAll('-', '_')}`;
    throw new Unwritable(
      `nginx has no variable for the header ${shown(source.header)}`,
      'use a header of letters, digits and -',
    );
  }
  if (/^\w+$/.test(source.cookie)) return `$cookie_${source.cookie}`;
  throw new Unwritable(
    `nginx has no variable for the cookie ${shown(source.cookie)}`,
    'use a cookie of letters, digits and _',
  );
}

/** Whether a request fits a rule. @throws Unwritable for what nginx cannot compare */
export function bitOf(block: Block, rule: Rule, attributes: Readonly<Record<string, EdgeSource>>): Bit {
  if ('all' in rule) return block.all(rule.all.map(part => bitOf(block, part, attributes)));
  if ('any' in rule) return block.any(rule.any.map(part => bitOf(block, part, attributes)));
  if ('not' in rule) return block.not(bitOf(block, rule.not, attributes));
  if ('custom' in rule)
    throw new Unwritable(
      `the predicate ${shown(rule.custom)} is code of the application`,
      'let the application route this feature, by the SDK',
    );
  if ('group' in rule)
    throw new Unwritable(`the group ${shown(rule.group)} is not there`, 'correct the plan');
  const {attribute, test} = rule;
  if ('ms' in test)
    throw new Unwritable(
      `nginx cannot compare the date ${shown(attribute)}`,
      'set a header that says so, and compare it with a text; or route by the SDK',
    );
  if ('value' in test)
    throw new Unwritable(
      `nginx cannot compare ${shown(attribute)} with a number`,
      `list the texts it may have: {${shown(attribute)}: ["${test.value}"]}; or route by the SDK`,
    );
  if ('version' in test)
    throw new Unwritable(
      `nginx cannot compare the version ${shown(attribute)}`,
      'set a header that says so, and compare it with a text; or route by the SDK',
    );
  const variable = attributeOf(attribute, attributes);
  return test.op === 'like' ? block.isLike(variable, test.parts) : block.isOneOf(variable, test.values);
}

/** The variable of an attribute. @throws Unwritable where the site does not say what it is */
export function attributeOf(attribute: string, attributes: Readonly<Record<string, EdgeSource>>): string {
  const source = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  if (source !== undefined) return variableOf(source);
  throw new Unwritable(
    `the edge does not know the attribute ${shown(attribute)}`,
    `say where it is under nginx: attributes: {${shown(attribute)}: {header: …}}`,
  );
}

function shown(name: string): string {
  return name.slice(0, 64).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '·');
}
