/**
 * Writes the reference pages of plan and project file from their trees of schemas.
 * `node test/docs/reference.ts` writes both; a test compares them with the trees.
 */
import {readFile, writeFile} from 'node:fs/promises';
import {z} from 'zod';
import {METRICS, type MetricRead, type MetricDefinition} from '../../source/analysis/metrics.ts';
import {PLAN_KEYS, planTree} from '../../source/config/plan/plan-fields.ts';
import {projectTree} from '../../source/config/project/config-file.ts';
import {aboutOf, bare, makerOf} from '../../source/config/yaml/tree.ts';

const docs = new URL('../../source/docs/', import.meta.url);

const INTRO = {
  plan: `# Plan: every key

A plan is a YAML or JSON file: \`graydeck start VERSION --plan FILE\`. It needs one of \`phases\`, \`ramp\` and \`gray_release_plan\`;
every other key may be left out. \`graydeck plan new\` prints one to begin with, \`graydeck plan check FILE\` finds every mistake,
\`graydeck plan show FILE\` says in words how it is read. \`graydeck schema plan > plan.schema.json\` writes a JSON Schema; with the line
\`# yaml-language-server: $schema=plan.schema.json\` at its top an editor completes and checks the file.
`,
  project: `# Project file: every key

\`graydeck.yaml\` says where the store is, what is measured and who is notified. Every command reads it from the folder that it runs
in, or from \`--config FILE\`. Every key may be left out. \`graydeck schema project > project.schema.json\` writes a JSON Schema; with the line
\`# yaml-language-server: $schema=project.schema.json\` at its top an editor completes and checks the file.
The keys of a [plan](plan.md) may stand in it as well.
`,
} as const;
export type PageName = keyof typeof INTRO;

const TREES = {plan: planTree, project: projectTree};
const planKeys = new Set<z.ZodType>(Object.values(PLAN_KEYS));

/** A mapping within a value, and how its place is written: `[]` in a list, `.NAME` in a mapping of names. */
interface Inner {
  place: string;
  mapping: z.ZodObject;
}

function innerOf(schema: z.ZodType): Inner[] {
  const node = bare(schema);
  const maker = makerOf(node);
  if (maker !== null) return innerOf(maker.inner);
  if (node instanceof z.ZodObject) return [{place: '', mapping: node}];
  const under = (step: string, inner: z.ZodType) =>
    innerOf(inner).map(({place, mapping}) => ({place: step + place, mapping}));
  if (node instanceof z.ZodArray) return under('[]', node.element as z.ZodType);
  if (node instanceof z.ZodRecord) return under('.NAME', node.valueType as z.ZodType);
  return node instanceof z.ZodUnion ? (node.options as z.ZodType[]).flatMap(option => innerOf(option)) : [];
}

/** Values that a schema allows, in words; empty where the sections of its mappings say so. */
function allowedBy(schema: z.ZodType): string {
  const node = bare(schema);
  if (node instanceof z.ZodEnum) return node.options.map(word => `\`${String(word)}\``).join(', ');
  if (node instanceof z.ZodBoolean) return '`true` or `false`';
  const {form, example} = aboutOf(schema);
  return innerOf(schema).length > 0 || form === undefined || form === example ? '' : form;
}

const METRIC_SECTION = `## Metrics

A condition may name these metrics without configuration; \`feature_use_rate.NAME\` is the percentage of requests that used NAME. Any other
name is a metric of \`metrics:\` in the [project file](project.md). "Better" is the good direction, "evidence" what is compared with prod at
every moment.
`;

function readBy(read: MetricRead): string {
  switch (read.by) {
    case 'rate':
      return 'requests per second';
    case 'share':
      return `percent of the requests that ${read.isRest === true ? 'are not in' : 'are in'} \`${read.counter}\``;
    case 'values':
      return `\`${read.of}\`, ${read.quantile === null ? 'mean' : `${read.quantile * 100} % are faster`}`;
    case 'distinct':
      return 'distinct `users`';
    case 'elsewhere':
      return 'Prometheus or feedback';
  }
}

function metricLines(): string[] {
  return Object.entries(METRICS).map(([name, row]: [string, MetricDefinition]) => {
    const {unit, better, read, evidence} = row;
    return [
      `- \`${name}\` — ${row.en.long ?? row.en.name}. Unit: ${unit}.`,
      `Better: ${better ?? 'neither'}.`,
      `Read: ${readBy(read)}.`,
      ...(evidence === undefined ? [] : [`Evidence: ${evidence}.`]),
    ].join(' ');
  });
}

/** The page of a tree. */
export function pageOf(name: PageName): string {
  const sections: string[] = [];
  const done = new Map<z.ZodObject, string>();

  const add = (title: string, {shape}: z.ZodObject) => {
    const lines: string[] = [];
    const later: {title: string; mapping: z.ZodObject}[] = [];
    for (const [key, value] of Object.entries(shape)) {
      const schema = value as z.ZodType;
      if (name === 'project' && planKeys.has(schema)) continue;
      const {description = '', example = '', otherwise} = aboutOf(schema);
      const allowed = allowedBy(schema);
      const links = innerOf(schema).flatMap(({place, mapping}) => {
        if (name === 'project' && mapping === planTree) return ['a [plan](plan.md)'];
        const own = `${title}${title === '' ? '' : '.'}${key}${place}`;
        const known = done.get(mapping) ?? aboutOf(mapping).title ?? own;
        if (!done.has(mapping)) later.push({title: known, mapping});
        done.set(mapping, known);
        return [known];
      });
      lines.push(
        [
          `- \`${key}: ${example}\` — ${schema instanceof z.ZodOptional ? '' : '**Required.** '}${description}`,
          ...(allowed === '' ? [] : [`Allowed: ${allowed}.`]),
          ...(otherwise === undefined ? [] : [`Default: ${otherwise}.`]),
          ...(links.length === 0 ? [] : [`Keys: ${[...new Set(links)].join(', ')}.`]),
        ].join(' '),
      );
    }
    sections.push(`${title === '' ? '' : `## ${title}\n\n`}${lines.join('\n')}\n`);
    for (const {title: next, mapping} of later) add(next, mapping);
  };

  add('', TREES[name]);
  return [INTRO[name], ...sections, ...(name === 'plan' ? [METRIC_SECTION, ...metricLines(), ''] : [])].join(
    '\n',
  );
}

export const pageUrl = (name: PageName): URL => new URL(`${name}.md`, docs);

if (import.meta.main)
  for (const name of ['plan', 'project'] as const) {
    const page = pageOf(name);
    const before = await readFile(pageUrl(name), 'utf8').catch(() => '');
    if (page !== before) await writeFile(pageUrl(name), page);
  }
