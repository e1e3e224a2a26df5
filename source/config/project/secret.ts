import type {z} from 'zod';
import {isName} from '../../release/name.ts';
import type {SecretSource} from '../../release/channel.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {isMapping} from '../yaml/reader.ts';
import {readBy} from '../yaml/tree.ts';

const VARIABLE = /^\$\{(?<name>[A-Za-z_]\w*)\}$/u;

const FORM = '"${NAME}" for a variable of the environment, or {file: PATH}';

/** Where a secret stands: `${NAME}` or `{env: NAME}` for a variable, `{file: PATH}` for a file. Never the secret itself. */
export const secret: z.ZodType<SecretSource> = readBy(
  (value): Reading<SecretSource> => {
    const source = sourceOf(value);
    if (source !== null) return good(source);
    // The value may be the secret itself.
    return bad({message: 'a secret must not stand in this file', allowed: FORM, found: 'something else'});
  },
  {
    form: FORM,
    anyOf: [
      {type: 'string', pattern: VARIABLE.source.replace('?<name>', '')},
      {type: 'object', properties: {env: {type: 'string'}}, required: ['env'], additionalProperties: false},
      {type: 'object', properties: {file: {type: 'string'}}, required: ['file'], additionalProperties: false},
    ],
  },
);

function sourceOf(value: unknown): SecretSource | null {
  if (typeof value === 'string') {
    const name = VARIABLE.exec(value.trim())?.groups?.['name'];
    return name === undefined ? null : {from: 'env', name};
  }
  if (!isMapping(value) || Object.keys(value).length !== 1) return null;
  const {env, file} = value;
  if (typeof env === 'string' && /^[A-Za-z_]\w*$/u.test(env)) return {from: 'env', name: env};
  return isName(file, 1024) ? {from: 'file', path: file.trim()} : null;
}
