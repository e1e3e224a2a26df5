import {z} from 'zod';
import {matching} from '../yaml/leaf.ts';
import {quote} from '../yaml/mistake.ts';
import {child, isMapping, type Spot, type YamlReader} from '../yaml/reader.ts';
import {variablesIn} from './address.ts';

const NAME = /^[A-Za-z_]\w*$/u;

/** Names of variables that hooks get. */
export const hookVariables = z.array(
  matching(text => NAME.test(text), 'the name of a variable', 'AWS_PROFILE'),
);

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

/** Reports each of `hookVariables:` that the file itself uses: it may hold a secret, and readers see what hooks print. */
export function checkHookVariables(reader: YamlReader, root: Spot, used: readonly string[]): void {
  const at = child(root, 'hookVariables');
  const names: readonly unknown[] = Array.isArray(at.value) ? at.value : [];
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string' || !used.includes(name)) continue;
    reader.mistake(child(at, index), {
      message: `${quote(name)} is used by this file, so hooks do not get it: readers see what hooks print`,
      allowed: 'another variable for the hook',
    });
  }
}
