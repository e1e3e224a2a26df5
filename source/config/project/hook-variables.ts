import {quote} from '../yaml/mistake.ts';
import {isMapping, type Reader, type Spot} from '../yaml/reader.ts';
import {variablesIn} from './address.ts';

const NAME = /^[A-Za-z_]\w*$/u;
const ALLOWED = '[AWS_PROFILE, REGION]';

/** Names of the environment that a file uses anywhere: `${NAME}` in a text, or `{env: NAME}`; each once, sorted. */
export function variablesOf(value: unknown): string[] {
  const found = new Set<string>();
  const walk = (part: unknown): void => {
    if (typeof part === 'string') for (const name of variablesIn(part)) found.add(name);
    if (Array.isArray(part)) for (const item of part) walk(item);
    if (!isMapping(part)) return;
    if (typeof part['env'] === 'string' && NAME.test(part['env'])) found.add(part['env']);
    for (const item of Object.values(part)) walk(item);
  };
  walk(value);
  return [...found].sort();
}

/** `hookVariables:`: names of variables that hooks are given. One that the file itself uses may hold a secret. */
export function readHookVariables(reader: Reader, spot: Spot, used: readonly string[]): string[] {
  return reader.items(spot, `a list of variables: ${ALLOWED}`).flatMap(item => {
    const {value} = item;
    if (typeof value !== 'string' || !NAME.test(value)) {
      reader.mistake(item, {message: 'this is not the name of a variable', allowed: ALLOWED});
      return [];
    }
    if (!used.includes(value)) return [value];
    reader.mistake(item, {
      message: `${quote(value)} is used by this file, so hooks are not given it: what they print can be read by others`,
      allowed: 'a variable of its own for the hook',
    });
    return [];
  });
}
