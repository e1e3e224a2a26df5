import type {z} from 'zod';
import {isName} from '../../release/name.ts';
import type {SecretSource} from '../../release/channel.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {isMapping, readBy} from '../yaml/reader.ts';

const VARIABLE = /^\$\{(?<name>[A-Za-z_]\w*)\}$/u;

/** Where a secret stands: `${NAME}` or `{env: NAME}` for a variable, `{file: PATH}` for a file. Never the secret itself. */
export const secret: z.ZodType<SecretSource> = readBy((value): Reading<SecretSource> => {
  const source = sourceOf(value);
  if (source !== null) return good(source);
  return bad({
    message: 'a secret must not stand in this file',
    allowed: '"${NAME}" for a variable of the environment, or {file: PATH}',
    // It may be the secret itself.
    found: 'something else',
  });
});

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
