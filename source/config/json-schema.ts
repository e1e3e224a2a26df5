import {parse} from 'yaml';
import {z} from 'zod';
import {planTree} from './plan/plan-fields.ts';
import {projectTree} from './project/config-file.ts';
import type {About} from './yaml/tree.ts';

/** What a JSON Schema can describe, and the file that it is published as. */
export const SCHEMAS = {
  plan: {tree: planTree, title: 'A plan of Graydeck', file: 'plan.schema.json'},
  project: {tree: projectTree, title: 'The project file graydeck.yaml', file: 'project.schema.json'},
} as const;
export type SchemaName = keyof typeof SCHEMAS;

/** Keys of `About` that JSON Schema does not know. */
const OWN = ['example', 'otherwise', 'form', 'alsoCalled', 'isSecret', 'otherKind', 'choose'] as const;

/**
 * The JSON Schema (draft 7, which editors of YAML know) of a plan or of the project file. It checks structure and words.
 * Conditions, durations and whatever compares several keys are checked by the program alone.
 */
export function jsonSchemaOf(name: SchemaName): Record<string, unknown> {
  const {tree, title} = SCHEMAS[name];
  const {$schema, ...schema} = z.toJSONSchema(tree, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
    reused: 'ref',
    override({jsonSchema}) {
      const about = jsonSchema as About & Record<string, unknown>;
      const {description, example, otherwise, form} = about;
      if (description !== undefined && otherwise !== undefined)
        about.description = `${description} Default: ${otherwise}.`;
      else if (description === undefined && form !== undefined) about.description = `Allowed: ${form}.`;
      if (example !== undefined) about['examples'] = [parse(example) as unknown];
      for (const key of OWN) Reflect.deleteProperty(about, key);
    },
  });
  return {$schema, title, ...schema};
}
