import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';

/** `schema plan|project`: the JSON Schema on stdout. */
export const run: Run = async ({args, out}) => {
  const {jsonSchemaOf} = await import('../../config/json-schema.ts');
  out.data(JSON.stringify(jsonSchemaOf(args[0] === 'project' ? 'project' : 'plan'), null, 2));
  return EXIT.done;
};
