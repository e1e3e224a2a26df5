import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {z} from 'zod';
import {jsonSchemaOf} from '../../source/config/json-schema.ts';
import {planTree} from '../../source/config/plan/plan-fields.ts';
import {projectTree} from '../../source/config/project/config-file.ts';
import {openYaml} from '../../source/config/yaml/file.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';
import {YamlReader} from '../../source/config/yaml/reader.ts';
import {aboutOf, bare, makerOf} from '../../source/config/yaml/tree.ts';

const folder = new URL('../../fixtures/', import.meta.url);
const plans = ['plans/full.yaml', 'plans/ramp.yaml'].concat(
  readdirSync(new URL('plans/', folder)).flatMap(name =>
    /^seed.*yaml$/u.test(name) ? [`plans/${name}`] : [],
  ),
  readdirSync(new URL('hooks/', folder)).flatMap(name => (name.endsWith('.yaml') ? [`hooks/${name}`] : [])),
);
const valueOf = (path: string): unknown => parse(readFileSync(new URL(path, folder), 'utf8'));
const validator = (name: 'plan' | 'project') => z.fromJSONSchema(jsonSchemaOf(name));

describe('the JSON Schema', () => {
  test.each(plans)('of a plan accepts %s, and so does that of the project', path => {
    expect(validator('plan').safeParse(valueOf(path)).error).toBeUndefined();
    expect(validator('project').safeParse(valueOf(path)).error).toBeUndefined();
  });

  test.each([
    ['01-typing-mistakes.yaml', ['gaurdrails']],
    ['08-groups.yaml', ['users']],
    ['13-ramp-list.yaml', ['equal']],
  ])('of a plan refuses %s', (name, places) => {
    const {error} = validator('plan').safeParse(valueOf(`plans/broken/${name}`));
    expect(places.filter(place => !JSON.stringify(error?.issues).includes(place))).toEqual([]);
  });

  test('of the project knows stores, channels and the plans of features', () => {
    const schema = validator('project');
    const good = {
      store: {url: 'rediss://h', ca: 'ca.pem', password: {file: '/run/secrets/redis'}},
      channels: {ops: {kind: 'webhook', url: 'https://ops.example.com', secret: '${KEY}'}},
      features: {search: {plan: 'plans/search.yaml'}, checkout: {phases: [{name: 'all', percent: 100}]}},
    };
    expect(schema.safeParse(good).error).toBeUndefined();
    expect(schema.safeParse({channels: {ops: {kind: 'pager'}}}).success).toBe(false);
    expect(schema.safeParse({features: {checkout: {phasen: []}}}).success).toBe(false);
    expect(schema.safeParse({store: {uri: 'redis://h'}}).success).toBe(false);
  });
});

/** Every key of a tree with its schema, each mapping once. */
function keysOf(schema: z.ZodType, path: string, done = new Set<z.ZodType>()): [string, z.ZodType][] {
  const node = bare(schema);
  const inner = makerOf(node)?.inner;
  if (inner !== undefined) return keysOf(inner, path, done);
  if (node instanceof z.ZodArray) return keysOf(node.element as z.ZodType, `${path}[]`, done);
  if (node instanceof z.ZodRecord) return keysOf(node.valueType as z.ZodType, `${path}.NAME`, done);
  if (node instanceof z.ZodUnion)
    return (node.options as z.ZodType[]).flatMap(option => keysOf(option, path, done));
  if (!(node instanceof z.ZodObject) || done.has(node)) return [];
  done.add(node);
  return Object.entries(node.shape).flatMap(([key, value]): [string, z.ZodType][] => [
    [`${path}.${key}`, value as z.ZodType],
    ...keysOf(value as z.ZodType, `${path}.${key}`, done),
  ]);
}

describe.each([
  ['plan', planTree],
  ['project', projectTree],
])('every key of a %s', (_, tree) => {
  test.each(keysOf(tree, ''))('%s says what it means, with an example that is read', (path, schema) => {
    const {description, example} = aboutOf(schema);
    expect(description).toMatch(/\.$/u);
    const key = path.split('.').at(-1) ?? '';
    const text = `${key}: ${example}\n`;
    const {file} = openYaml(text, 'example.yaml');
    if (file === null) throw new Error(`no YAML: ${text}`);
    const reader = new YamlReader(file);
    reader.read({value: (file.value as Record<string, unknown>)[key], path: [key]}, schema);
    expect(reader.mistakes.flatMap(mistakeLines)).toEqual([]);
  });
});
